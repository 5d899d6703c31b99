// Hand-written bodies of layer_norm against the definition of the steps that they stand for.
#include "weft/kernels/layer_norm.h"

#include "tests/kernels/pointwise_cases.h"
#include "tests/kernels/staged_cases.h"
#include "weft/kernels/cpu/pointwise_column_forms.h"

namespace weft::kernels {
namespace {

void expect_body(const StagedCase& made) {
  ASSERT_TRUE(find_staged_form(made.op, made.input_types(), made.op.types));
  const std::vector<Tensor> got = run_staged(made, PointwiseBodies::hand_written);
  const std::vector<Tensor> want = run_steps_naive(made);
  for (size_t o = 0; o < want.size(); ++o) {
    SCOPED_TRACE("output " + std::to_string(o));
    testing::expect_close(got[o], want[o]);
  }
}

TEST(LayerNorm, AgreesWithItsDefinitionOnOddShapes) {
  for (const DType dtype : testing::kFastTypes) {
    for (const int64_t n : testing::kOddSizes) {
      if (n < 2) continue;  // a division by one is none: these steps are others
      for (const int64_t rows : {1, 7, 301}) {
        SCOPED_TRACE(std::to_string(rows) + " rows of " + std::to_string(n));
        expect_body(layer_norm_case(dtype, rows, n));
        for (const bool adds : {false, true}) expect_body(layer_norm_gradient_case(dtype, rows, n, adds));
      }
    }
  }
}

TEST(LayerNorm, GivesTheStatisticsThatAreWantedOnly) {
  StagedCase made = layer_norm_case(DType::f32, 5, 37);
  made.give({6});
  expect_body(made);
  made.give({5, 6});
  expect_body(made);
  made.give({4, 6});  // the squares, which the body does not make
  EXPECT_FALSE(find_staged_form(made.op, made.input_types(), made.op.types));
}

TEST(LayerNorm, IsNotTakenForWhatLooksLikeIt) {
  const auto found = [](const StagedCase& made) {
    return find_staged_form(made.op, made.input_types(), made.op.types).has_value();
  };
  StagedCase other_mean = layer_norm_case(DType::f32, 5, 37);
  other_mean.op.steps[2].inputs[1] = 5;  // rstd in the place of the mean
  EXPECT_FALSE(found(other_mean));
  StagedCase other_count = layer_norm_case(DType::f32, 5, 37);
  other_count.op.steps[1].op.expression = simplify(parse_expression("rsqrt(x0 / 36.0 + 0.1)"));
  EXPECT_FALSE(found(other_count));
  StagedCase rounded = layer_norm_case(DType::f32, 5, 37);
  rounded.op.steps[1].op.dtypes[0] = DType::bf16;  // the body writes f32
  rounded.give({6, 5});
  EXPECT_FALSE(found(rounded));
  EXPECT_FALSE(found(layer_norm_case(DType::f32, 5, 0)));
  StagedCase wide = layer_norm_case(DType::f64, 5, 37);
  EXPECT_FALSE(found(wide));
  StagedCase gradient = layer_norm_gradient_case(DType::f32, 5, 37, true);
  gradient.op.steps[2].inputs[2] = 2;  // dy in the place of x
  EXPECT_FALSE(found(gradient));
}

/// Sums over rows of a * (s * (x - m)), and of a.
Case parameters_case(DType dtype, int64_t rows, int64_t n, bool shifts) {
  Case made;
  made.spec.expression =
      simplify(parse_expression(shifts ? "x0 * (x1 * (x2 - x3)), x0" : "x0 * (x1 * (x2 - x3))"));
  made.spec.space = {rows, n};
  made.spec.region = Region::all(made.spec.space);
  made.spec.operand_axes = {{0, 1}, {0}, {0, 1}, {0}};
  made.operands = {Tensor::random(dtype, {rows, n}, 1), Tensor::random(DType::f32, {rows}, 2, 0.5, 2),
                   Tensor::random(dtype, {rows, n}, 3, 1, 4), Tensor::random(DType::f32, {rows}, 4, 2, 3)};
  for (size_t r = 0; r < made.spec.expression.results.size(); ++r) {
    made.spec.result_axes.push_back({1});
    made.spec.rules.push_back(find_reduction("sum"));
    made.results.push_back(DType::f32);
  }
  return made;
}

TEST(LayerNorm, SumsTheGradientsOfItsParameters) {
  for (const DType dtype : testing::kFastTypes) {
    for (const int64_t rows : {1, 7, 301}) {
      for (const int64_t n : {1, 5, 64, 300}) {
        for (const bool shifts : {false, true}) {
          const Case made = parameters_case(dtype, rows, n, shifts);
          ASSERT_TRUE(find_column_form(made.spec, types_of(made.operands), types_of(results_of(made))));
          expect_naive(made, run_fast(made));
        }
      }
    }
  }
}

TEST(LayerNorm, LongColumnsKeepTheirPrecision) {
  // One running sum of f32 would be off by about 1.
  const int64_t rows = 100003;
  const Tensor dy =
      Tensor::of(DType::f32, {rows, 3}, std::vector<double>(static_cast<size_t>(3 * rows), 0.1));
  const Tensor zeros(DType::f32, {rows});
  Tensor dgamma(DType::f32, {3}), dbeta(DType::f32, {3});
  layer_norm_backward_params(dy, dy, zeros, zeros, dgamma, dbeta);
  for (int64_t j = 0; j < 3; ++j) EXPECT_NEAR(dbeta.get(j), 0.1 * static_cast<double>(rows), 0.01);
}

}  // namespace
}  // namespace weft::kernels
