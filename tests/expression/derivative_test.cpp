#include "weft/expression/derivative.h"

#include <gtest/gtest.h>

#include "weft/expression/text.h"

namespace weft {
namespace {

/// The gradient by x0 of result 0, whose gradient is x8 and which can be read as x9.
std::string slope(std::string_view text) {
  const ResultOperands results[] = {{.gradient = 8, .value = 9}};
  return to_string(gradient_of(parse_expression(text), std::array{0}, results));
}

TEST(Derivative, ReadsTheResultWhereThatIsEnough) {
  EXPECT_EQ(slope("tanh(x0)"), "x8 * (1.0 - x9 * x9)");
  EXPECT_EQ(slope("exp(x0)"), "x8 * x9");
  EXPECT_EQ(slope("sqrt(x0)"), "x8 * 0.5 / x9");
  EXPECT_EQ(slope("max(x0, 0.0)"), "select(x9 > 0.0, x8, 0.0)");
}

TEST(Derivative, ComparesNoRoundedResultWithWhatItMayBe) {
  EXPECT_EQ(slope("max(x0, x1)"), "select(x0 > x1, x8, 0.0)");
  EXPECT_EQ(slope("min(x0, 6.0)"), "select(x0 < 6.0, x8, 0.0)");
}

TEST(Derivative, IsSimplified) {
  EXPECT_EQ(slope("x0"), "x8");
  EXPECT_EQ(slope("x1"), "0.0");
  EXPECT_EQ(slope("x0 + x1"), "x8");
  EXPECT_EQ(slope("x1 - x0"), "-x8");
  EXPECT_EQ(slope("x0 * x1"), "x1 * x8");
  EXPECT_EQ(slope("x0 * 0.3"), "x8 * 0.3");
  EXPECT_EQ(slope("floor(x0)"), "0.0");
  EXPECT_EQ(slope("select(random[1, 2, 0](n1) >= 3277, x0 * 1.25, 0.0)"),
            "select(random[1, 2, 0](n1) >= 3277, x8 * 1.25, 0.0)")
      << "the gradient of dropout is dropout";
}

TEST(Derivative, TakesForAConstantWhatIsStopped) {
  EXPECT_EQ(slope("stop_gradient(x0)"), "0.0");
  EXPECT_EQ(slope("x0 * stop_gradient(x0 + x1)"), "x8 * stop_gradient(x0 + x1)");
}

TEST(Derivative, NamesTheOperandsThroughWhichNothingIsLearnt) {
  const auto stopped = [](std::string_view text) { return stopped_operands(parse_expression(text)); };
  EXPECT_EQ(stopped("exp(x0 - stop_gradient(x1))"), std::vector{1});
  EXPECT_EQ(stopped("x1 * stop_gradient(x1)"), std::vector<int>{}) << "read outside too";
  EXPECT_EQ(stopped("stop_gradient(x1), x1 + x2"), std::vector<int>{}) << "by another result";
  EXPECT_EQ(stopped("floor(x0)"), std::vector<int>{}) << "whose slope is zero, not stopped";
}

TEST(Derivative, AddsWhatEveryResultOwes) {
  const ResultOperands results[] = {{.gradient = 8, .value = {}}, {}, {.gradient = 9, .value = {}}};
  const Expression made = parse_expression("x0 * x1, exp(x0), x0 + x1");
  EXPECT_EQ(to_string(gradient_of(made, std::array{0, 1}, results)), "x9 + x1 * x8, x9 + x0 * x8");
}

}  // namespace
}  // namespace weft
