// Of kernels/attention.h: the tiled kernels beside the definition, on shapes that no tile divides.
#include "weft/kernels/attention.h"

#include <array>

#include "tests/kernels/tensor.h"
#include "weft/base/threads.h"

namespace weft::kernels {
namespace {

using testing::Tensor;

/// Operands of a shape in a dtype, and all that the passes write.
struct Passes {
  AttentionShape shape;
  Tensor q, k, v, dout, out, lse, dq, dk, dv, lengths;

  explicit Passes(const AttentionShape& s, DType dtype = DType::f32)
      : shape(s),
        q(Tensor::random(dtype, {s.batch, s.queries, s.heads, s.width}, 1)),
        k(Tensor::random(dtype, {s.batch, s.keys, s.groups, s.width}, 2)),
        v(Tensor::random(dtype, {s.batch, s.keys, s.groups, s.width}, 3)),
        dout(Tensor::random(dtype, {s.batch, s.queries, s.heads, s.width}, 4)),
        out(dtype, q.type().shape),
        lse(dtype == DType::f64 ? DType::f64 : DType::f32, {s.batch, s.heads, s.queries}),
        dq(dtype, q.type().shape),
        dk(dtype, k.type().shape),
        dv(dtype, k.type().shape),
        lengths(DType::i32, {s.batch}) {
    shape.dtype = dtype;
    for (int64_t b = 0; b < s.batch; ++b) lengths.set(b, static_cast<double>(s.keys));
  }

  static AttentionHeads heads(const View& view) {
    const Dims& shape = view.type.shape;
    return {view.data, shape[1] * shape[2] * shape[3], shape[2] * shape[3]};
  }
  AttentionInputs inputs() const { return {heads(q), heads(k), heads(v), View(lengths).as<int32_t>(), 9}; }
  AttentionGradients gradients() { return {heads(dq), heads(dk), heads(dv)}; }

  void run() {
    std::vector<std::byte> scratch(static_cast<size_t>(attention_backward_scratch_bytes(shape) + 64));
    const auto address = reinterpret_cast<uintptr_t>(scratch.data());
    attention_forward(shape, inputs(), heads(out), View(lse).data);
    attention_backward(shape, inputs(), heads(out), View(lse).data, heads(dout), gradients(),
                       scratch.data() + (64 - address % 64) % 64);
  }

  /// The same operands in f64, by the definition.
  Passes defined() const {
    Passes wide(shape, DType::f64);
    const auto widen = [](const Tensor& from, Tensor& to) {
      for (int64_t i = 0; i < from.elems(); ++i) to.set(i, from.get(i));
    };
    widen(q, wide.q);
    widen(k, wide.k);
    widen(v, wide.v);
    widen(dout, wide.dout);
    widen(lengths, wide.lengths);
    naive_attention_forward(wide.shape, wide.inputs(), heads(wide.out), View(wide.lse).data);
    naive_attention_backward(wide.shape, wide.inputs(), heads(wide.out), View(wide.lse).data,
                             heads(wide.dout), wide.gradients());
    return wide;
  }
};

/// Each within the rounding of some hundred terms, and of the results' dtype.
void expect_near(const Tensor& got, const Tensor& want, double tolerance, const char* what) {
  double largest = 1e-3;
  for (int64_t i = 0; i < want.elems(); ++i) largest = std::max(largest, std::abs(want.get(i)));
  for (int64_t i = 0; i < want.elems(); ++i) {
    ASSERT_NEAR(got.get(i), want.get(i), tolerance * largest) << what << "[" << i << "]";
  }
}

void expect_definition(const AttentionShape& shape, DType dtype = DType::f32,
                       const std::vector<int64_t>& lengths = {}) {
  Passes run(shape, dtype);
  for (size_t b = 0; b < lengths.size(); ++b) {
    run.lengths.set(static_cast<int64_t>(b), static_cast<double>(lengths[b]));
  }
  run.run();
  const Passes want = run.defined();
  const double tolerance = dtype == DType::bf16 ? 2e-2 : 2e-5;
  expect_near(run.out, want.out, tolerance, "out");
  expect_near(run.lse, want.lse, 2e-5, "lse");
  expect_near(run.dq, want.dq, tolerance, "dq");
  expect_near(run.dk, want.dk, tolerance, "dk");
  expect_near(run.dv, want.dv, tolerance, "dv");
}

constexpr AttentionShape kOdd{
    .batch = 2, .queries = 131, .keys = 131, .heads = 2, .groups = 2, .width = 20, .scale = 0.3};

TEST(Attention, GivesTheDefinitionOnOddShapes) {
  expect_definition(kOdd);
  AttentionShape causal = kOdd;
  causal.causal = true;
  expect_definition(causal);
  expect_definition(causal, DType::bf16);
  expect_definition({.batch = 1, .queries = 3, .keys = 70, .heads = 1, .groups = 1, .width = 5, .scale = 1});
}

TEST(Attention, HeadsShareTheKeysOfTheirGroup) {
  AttentionShape grouped = kOdd;
  grouped.heads = 6;
  expect_definition(grouped);
  grouped.groups = 1;
  grouped.causal = true;
  expect_definition(grouped);
}

TEST(Attention, KeysBehindALengthAreNotThere) {
  for (const bool causal : {false, true}) {
    AttentionShape shape = kOdd;
    shape.causal = causal;
    expect_definition(shape, DType::f32, {64, 1});
    expect_definition(shape, DType::f32, {0, 130});
    expect_definition(shape, DType::f32, {-3, 1000});
  }
}

TEST(Attention, WeightsAreDroppedAsTheirNumbersSay) {
  AttentionShape shape = kOdd;
  shape.dropout = {.rate = 0.3, .seed = 7, .stream = 2, .heads = 2, .queries = 131};
  expect_definition(shape);
  shape.causal = true;
  expect_definition(shape, DType::f32, {100, 131});
  expect_definition(shape, DType::bf16);
}

TEST(Attention, APartOfTheQueriesGivesItsPartOfTheWhole) {
  AttentionShape whole = kOdd;
  whole.causal = true;
  whole.dropout = {.rate = 0.25, .seed = 7, .stream = 2, .heads = 2, .queries = 131};
  Passes all(whole);
  all.run();
  // No multiple of a tile: two tiles of keys are cut by the diagonal.
  AttentionShape part = whole;
  part.queries = 80;
  part.first_query = 37;
  Passes some(part);
  for (int64_t b = 0; b < 2; ++b) {
    for (int64_t i = 0; i < 80 * 40; ++i) some.q.set(b * 80 * 40 + i, all.q.get((b * 131 + 37) * 40 + i));
  }
  some.run();
  for (int64_t b = 0; b < 2; ++b) {
    for (int64_t i = 0; i < 80 * 40; ++i) {
      ASSERT_NEAR(some.out.get(b * 80 * 40 + i), all.out.get((b * 131 + 37) * 40 + i), 1e-5) << i;
    }
  }
  const Passes want = some.defined();
  expect_near(some.dk, want.dk, 2e-5, "dk");
  expect_near(some.dq, want.dq, 2e-5, "dq");
}

TEST(Attention, DoesNotDependOnTheNumberOfThreads) {
  AttentionShape shape = kOdd;
  shape.causal = true;
  shape.heads = 4;
  shape.dropout = {.rate = 0.25, .seed = 7, .stream = 2, .heads = 4, .queries = 131};
  const int before = threads();
  set_threads(1);  // a group for a thread
  Passes alone(shape);
  alone.run();
  set_threads(7);  // tiles for each
  Passes many(shape);
  many.run();
  set_threads(before);
  for (const auto& [a, b] : {std::pair{&alone.out, &many.out}, std::pair{&alone.dq, &many.dq},
                             std::pair{&alone.dk, &many.dk}, std::pair{&alone.dv, &many.dv}}) {
    for (int64_t i = 0; i < a->elems(); ++i) ASSERT_EQ(a->get(i), b->get(i));
  }
}

}  // namespace
}  // namespace weft::kernels
