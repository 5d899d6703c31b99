// Packed bits as operands and results of pointwise, beside the definition: dense, repeated, permuted, from
// any bit on, on several threads.
#include "tests/kernels/pointwise_cases.h"
#include "weft/base/threads.h"

namespace weft::kernels {
namespace {

struct Formula {
  const char* text;
  std::vector<DType> operands;
  std::vector<DType> results;
  std::vector<const char*> rules = {};  ///< of each result; none: all null
};

const DType kBit = DType::bit;

/// Every comparison is of operands themselves: the tiles and the definition decide alike.
std::vector<Formula> formulas(DType real) {
  return {
      {"x0 > 0.25", {real}, {kBit}},
      {"n0", {kBit}, {kBit}},
      {"n0 * 2 - 1", {kBit}, {DType::i32}},
      {"n0 - 1", {DType::i64}, {kBit}},
      {"n0 * n1", {kBit, kBit}, {kBit}},
      {"boolean(n0)", {kBit}, {DType::u8}},
      {"select(n0 != 0, x1, 0)", {kBit, real}, {real}},
      {"select(n0 != 0, x1, x1 * 0.5), x1 > 0.5, n0", {kBit, real}, {real, kBit, kBit}},
      {"n0", {kBit}, {DType::i32}, {"sum"}},
      {"n0, x1 < 0, x1",
       {kBit, real},
       {DType::i64, kBit, real == DType::f64 ? real : DType::f32},
       {"sum", "", "max"}},
  };
}

Case case_of(const Formula& formula, uint64_t seed) {
  const Between between = testing::draws(seed);
  Case made;
  made.spec.expression = parse_expression(formula.text);
  random_space(made.spec, between);
  const size_t axes = made.spec.space.size();
  for (const DType dtype : formula.operands) {
    // The first has all axes: each axis is somewhere.
    add_operand(made, random_axes(axes, made.operands.empty() || between(0, 1) == 0, between), dtype,
                static_cast<uint32_t>(seed));
  }
  made.results = formula.results;
  for (size_t r = 0; r < formula.results.size(); ++r) {
    const Reduction* rule = formula.rules.empty() ? nullptr : find_reduction(formula.rules[r]);
    made.spec.result_axes.push_back(random_axes(axes, rule == nullptr, between));
    made.spec.rules.push_back(rule);
  }
  return made;
}

void expect_unused_bits_zero(const Tensor& tensor) {
  if (tensor.type().dtype != kBit || tensor.elems() % 8 == 0) return;
  const auto last = std::to_integer<unsigned>(tensor.view().data[tensor.elems() / 8]);
  EXPECT_EQ(last >> (tensor.elems() % 8), 0u) << to_string(tensor.type());
}

class PointwiseBits : public ::testing::Test {
 protected:
  PointwiseBits() : before_(threads()) { set_threads(4); }
  ~PointwiseBits() override { set_threads(before_); }

 private:
  int before_;
};

TEST_F(PointwiseBits, AgreeWithTheirDefinition) {
  for (const DType real : {DType::f32, DType::bf16, DType::f64}) {
    for (const Formula& formula : formulas(real)) {
      for (uint64_t seed = 0; seed < 60; ++seed) {
        const Case made = case_of(formula, seed);
        SCOPED_TRACE("seed " + std::to_string(seed) + ": " + text_of(made));
        const std::vector<Tensor> got = run_fast(made);
        expect_naive(made, got);
        for (const Tensor& result : got) expect_unused_bits_zero(result);
        for (const Tensor& result : run_naive(made)) expect_unused_bits_zero(result);
        if (HasFailure()) return;
      }
    }
  }
}

TEST_F(PointwiseBits, OfLongTensorsAreEachThreadsOwn) {
  for (const int64_t size : {100'003, 262'144}) {
    for (const Formula& formula : formulas(DType::f32)) {
      if (!formula.rules.empty()) continue;
      std::vector<TensorType> operands;
      for (const DType dtype : formula.operands) operands.push_back({dtype, {size}});
      Case made = simple_case(formula.text, operands, formula.results[0]);
      made.results = formula.results;
      made.spec.result_axes.assign(formula.results.size(), {0});
      made.spec.rules.assign(formula.results.size(), nullptr);
      SCOPED_TRACE(text_of(made));
      expect_naive(made, run_fast(made));
    }
  }
}

TEST_F(PointwiseBits, MayBeWrittenOverOperandsThatAreBits) {
  Case made = simple_case("n0 * n1", {{kBit, {1234}}, {kBit, {1234}}}, kBit);
  const std::vector<Tensor> want = run_naive(made);
  const View over = made.operands[0].view();
  run(fast_kernel(made), std::vector<View>{over, made.operands[1].view()}, std::vector<View>{over});
  testing::expect_equal(made.operands[0], want[0]);
}

}  // namespace
}  // namespace weft::kernels
