#include "weft/kernels/cached_attention.h"

#include <array>

#include "tests/kernels/tensor.h"
#include "weft/base/check.h"
#include "weft/base/threads.h"
#include "weft/tensor/view.h"

namespace weft::kernels {
namespace {

using testing::expect_close;
using testing::expect_equal;
using testing::Tensor;

/// Runs the kernel with scratch at a 64-byte boundary.
void attend(const Tensor& query, const Tensor& keys, const Tensor& values, int64_t position, double scale,
            Tensor& out) {
  const Tensor at = Tensor::scalar(DType::i64, static_cast<double>(position));
  std::vector<std::byte> scratch(static_cast<size_t>(cached_attention_scratch_bytes(keys.type()) + 64));
  const auto address = reinterpret_cast<uintptr_t>(scratch.data());
  cached_attention(query, keys, values, at, out, scratch.data() + (64 - address % 64) % 64, scale);
}

Tensor in_f64(const Tensor& x) {
  Tensor wide(DType::f64, x.type().shape);
  for (int64_t i = 0; i < x.elems(); ++i) wide.set(i, x.get(i));
  return wide;
}

struct Operands {
  Tensor query, keys, values;
  Operands(DType dtype, int64_t batch, int64_t length, int64_t heads, int64_t width)
      : query(Tensor::random(dtype, {batch, 1, heads, width}, 1)),
        keys(Tensor::random(dtype, {batch, length, heads, width}, 2)),
        values(Tensor::random(dtype, {batch, length, heads, width}, 3)) {}

  /// Of the rows behind the position nothing may reach the result.
  void spoil_behind(int64_t position) {
    const int64_t row = keys.elems() / keys.type().shape[0] / keys.type().shape[1];
    for (int64_t i = 0; i < keys.elems(); ++i) {
      if (i / row % keys.type().shape[1] <= position) continue;
      keys.set(i, std::nan(""));
      values.set(i, std::nan(""));
    }
  }
};

void expect_definition(DType dtype, const Operands& in, int64_t position) {
  Tensor got(dtype, in.query.type().shape), want(dtype, in.query.type().shape);
  Tensor exact(DType::f64, in.query.type().shape);
  attend(in.query, in.keys, in.values, position, 0.3, got);
  naive_cached_attention(in_f64(in.query), in_f64(in.keys), in_f64(in.values),
                         Tensor::scalar(DType::i64, static_cast<double>(position)), exact, 0.3);
  for (int64_t i = 0; i < want.elems(); ++i) want.set(i, exact.get(i));
  expect_close(got, want);
}

TEST(CachedAttention, GivesTheDefinitionOnOddShapes) {
  for (const DType dtype : {DType::f32, DType::bf16, DType::f64}) {
    for (const auto& [batch, length, heads, width] : std::vector<std::array<int64_t, 4>>{
             {1, 1, 1, 1}, {2, 7, 3, 5}, {3, 65, 5, 17}, {1, 200, 1, 64}, {1, 131, 2, 100}}) {
      for (const int64_t position : {int64_t{0}, length / 2, length - 1}) {
        Operands in(dtype, batch, length, heads, width);
        in.spoil_behind(position);
        SCOPED_TRACE(to_string(in.keys.type()) + " at " + std::to_string(position));
        expect_definition(dtype, in, position);
      }
    }
  }
}

/// Of one row its value is all there is; equal keys give the mean of the values.
TEST(CachedAttention, HasTheValuesOfItsFormula) {
  const Tensor query = Tensor::of(DType::f32, {1, 1, 1, 2}, {1, 2});
  const Tensor values = Tensor::of(DType::f32, {1, 3, 1, 2}, {1, -1, 3, 5, 8, 2});
  const Tensor equal = Tensor::of(DType::f32, {1, 3, 1, 2}, {4, 4, 4, 4, 4, 4});
  Tensor out(DType::f32, {1, 1, 1, 2});
  attend(query, equal, values, 0, 1, out);
  expect_close(out, Tensor::of(DType::f32, {1, 1, 1, 2}, {1, -1}));
  attend(query, equal, values, 2, 1, out);
  expect_close(out, Tensor::of(DType::f32, {1, 1, 1, 2}, {4, 2}));
  // Scores log(1), log(3): weights 1/4, 3/4.
  const Tensor keys = Tensor::of(DType::f32, {1, 3, 1, 2}, {0, 0, std::log(3.0), 0, 9, 9});
  attend(query, keys, values, 1, 1, out);
  expect_close(out, Tensor::of(DType::f32, {1, 1, 1, 2}, {2.5, 3.5}));
}

/// Scores that no exponential holds.
TEST(CachedAttention, HoldsLargeScores) {
  Operands in(DType::f32, 1, 70, 1, 3);
  for (int64_t i = 0; i < in.keys.elems(); ++i) {
    const int64_t row = i / 3;
    in.keys.set(i, 1e4 * static_cast<double>(row));
  }
  for (int64_t i = 0; i < 3; ++i) in.query.set(i, 1);
  Tensor out(DType::f32, {1, 1, 1, 3}), last(DType::f32, {1, 1, 1, 3});
  attend(in.query, in.keys, in.values, 69, 1, out);
  for (int64_t i = 0; i < 3; ++i) last.set(i, in.values.get(69 * 3 + i));
  expect_close(out, last);
}

TEST(CachedAttention, IsAlikeForEveryNumberOfThreads) {
  const Operands in(DType::f32, 2, 501, 3, 33);
  Tensor one(DType::f32, in.query.type().shape), some(DType::f32, in.query.type().shape);
  const int before = threads();
  set_threads(1);
  attend(in.query, in.keys, in.values, 499, 0.2, one);
  set_threads(3);
  attend(in.query, in.keys, in.values, 499, 0.2, some);
  set_threads(before);
  expect_equal(one, some);
}

TEST(CachedAttention, SaysWhichPositionsThereAre) {
  for (const DType dtype : {DType::f32, DType::f64}) {
    const Operands in(dtype, 1, 4, 1, 2);
    Tensor out(dtype, {1, 1, 1, 2});
    for (const int64_t position : {-1, 4}) {
      try {
        attend(in.query, in.keys, in.values, position, 1, out);
        FAIL() << position;
      } catch (const UserError& error) {
        EXPECT_EQ(std::string(error.what()),
                  "cached_attention: got the row " + std::to_string(position) + ", expected one in [0, 3].");
      }
    }
  }
}

}  // namespace
}  // namespace weft::kernels
