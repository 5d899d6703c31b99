// Hand-written bodies of softmax's steps against what the steps give.
#include "weft/kernels/softmax.h"

#include <limits>

#include "tests/kernels/staged_cases.h"

namespace weft::kernels {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// x 0, max 1, sum 2, y 3.
StagedCase softmax_case(const Tensor& x) {
  const DType dtype = x.type().dtype;
  const Dims& space = x.type().shape;
  StagedCase made;
  made.inputs = {x};
  made.op.steps = {
      step_of({"x0", {{0, 1}}, {{0}}, {"max_exp_sum"}, {DType::f32, DType::f32}, {0}}, space),
      step_of({"exp(x0 - x1) / x2", {{0, 1}, {0}, {0}}, {{0, 1}}, {"none"}, {dtype}, {0, 1, 2}}, space)};
  return made;
}

/// y 0 and its gradient 1, or the other way round, sum 2; then products 3, the sum's gradient 4, x's 5.
StagedCase gradient_case(DType dtype, int64_t rows, int64_t columns, int y) {
  StagedCase made;
  made.inputs = {Tensor::random(dtype, {rows, columns}, 1), Tensor::random(dtype, {rows, columns}, 2),
                 Tensor::random(DType::f32, {rows}, 3, 1, 4)};
  made.op.steps = {
      step_of({"x0 * x1", {{0, 1}, {0, 1}}, {{0}}, {"sum"}, {DType::f32}, {0, 1}}, {rows, columns}),
      step_of({"-(x0 / x1)", {{0}, {0}}, {{0}}, {"none"}, {DType::f32}, {3, 2}}, {rows}),
      step_of({"x2 * (x0 * x3) + x0 * x1",
               {{0, 1}, {0, 1}, {0}, {0}},
               {{0, 1}},
               {"none"},
               {dtype},
               {y, 1 - y, 4, 2}},
              {rows, columns})};
  made.give({5});
  return made;
}

bool has_form(const StagedCase& made) {
  return find_staged_form(made.op, made.input_types(), made.op.types).has_value();
}

void expect_steps(const StagedCase& made) {
  const std::vector<Tensor> got = run_staged(made, PointwiseBodies::hand_written);
  const std::vector<Tensor> want = run_steps_naive(made);
  for (size_t o = 0; o < want.size(); ++o) {
    SCOPED_TRACE("output " + std::to_string(o));
    testing::expect_close(got[o], want[o]);
  }
}

TEST(SoftmaxBodies, AgreeWithTheirStepsOnOddShapes) {
  for (const DType dtype : testing::kFastTypes) {
    for (const int64_t rows : {0, 1, 7, 300}) {
      for (const int64_t columns : {1, 10, 16, 65, 2049}) {
        SCOPED_TRACE(std::to_string(rows) + " rows of " + std::to_string(columns));
        StagedCase forward = softmax_case(Tensor::random(dtype, {rows, columns}, 1, -9, 9));
        for (const std::vector<int>& outputs : {std::vector{1, 2, 3}, std::vector{2, 3}, std::vector{3}}) {
          forward.give(outputs);
          ASSERT_TRUE(has_form(forward));
          expect_steps(forward);
        }
        for (const int y : {0, 1}) {
          const StagedCase backward = gradient_case(dtype, rows, columns, y);
          ASSERT_TRUE(has_form(backward));
          expect_steps(backward);
        }
      }
    }
  }
}

TEST(SoftmaxBodies, TreatInfinitiesAndNanAsTheirStepsDo) {
  for (const DType dtype : testing::kFastTypes) {
    for (const std::vector<double>& row : {std::vector<double>{1, -kInfinity, 2},
                                           {kInfinity, 1, 2},
                                           {kInfinity, kInfinity, -1},
                                           {0, 1, std::nan("")},
                                           {-kInfinity, -kInfinity, -kInfinity},
                                           {kInfinity, -kInfinity, 0}}) {
      StagedCase made = softmax_case(Tensor::of(dtype, {1, 3}, row));
      made.give({1, 2, 3});
      ASSERT_TRUE(has_form(made));
      const std::vector<Tensor> got = run_staged(made, PointwiseBodies::hand_written);
      const std::vector<Tensor> want = run_steps_naive(made);
      for (size_t o = 0; o < want.size(); ++o) {
        for (int64_t i = 0; i < want[o].elems(); ++i) {
          SCOPED_TRACE(fmt::format("{} {} {}: output {}, {}", row[0], row[1], row[2], o, i));
          if (std::isnan(want[o].get(i))) {
            EXPECT_TRUE(std::isnan(got[o].get(i)));
          } else if (got[o].get(i) != want[o].get(i)) {  // infinities are equal
            EXPECT_NEAR(got[o].get(i), want[o].get(i), 1e-2);
          }
        }
      }
    }
  }
}

TEST(SoftmaxBodies, ServeNothingElse) {
  StagedCase wide = softmax_case(Tensor::random(DType::f64, {3, 5}, 1));
  wide.give({3});
  EXPECT_FALSE(has_form(wide));
  StagedCase no_result = softmax_case(Tensor::random(DType::f32, {3, 5}, 1));
  no_result.give({1, 2});
  EXPECT_FALSE(has_form(no_result));
}

}  // namespace
}  // namespace weft::kernels
