// Every function's value, and its derivative against central differences.
#include "weft/expression/function.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "weft/base/check.h"
#include "weft/expression/derivative.h"
#include "weft/expression/evaluate.h"
#include "weft/expression/text.h"

namespace weft {
namespace {

double value_of(const Expression& expression, std::vector<double> operands) {
  std::vector<double> values(expression.nodes.size());
  evaluate(expression, {operands, {}, {}}, values);
  return values[static_cast<size_t>(expression.results[0])];
}

/// By an independent calculator (Python's math module).
const std::map<std::string, std::pair<std::vector<double>, double>, std::less<>> kGolden = {
    {"add", {{1.25, -3}, -1.75}},
    {"sub", {{1.25, -3}, 4.25}},
    {"mul", {{1.25, -3}, -3.75}},
    {"div", {{1.25, -2}, -0.625}},
    {"neg", {{1.25}, -1.25}},
    {"min", {{1.25, -3}, -3}},
    {"max", {{1.25, -3}, 1.25}},
    {"lt", {{1, 1}, 0}},
    {"le", {{1, 1}, 1}},
    {"gt", {{1, 1}, 0}},
    {"ge", {{1, 1}, 1}},
    {"eq", {{1, 1}, 1}},
    {"ne", {{1, 1}, 0}},
    {"select", {{1, 5, 7}, 5}},
    {"exp", {{1.5}, 4.4816890703380645}},
    {"log", {{1.5}, 0.4054651081081644}},
    {"log1p", {{1e-5}, 9.999950000333332e-06}},
    {"sqrt", {{2}, 1.4142135623730951}},
    {"rsqrt", {{2}, 0.7071067811865475}},
    {"pow", {{1.7, 2.3}, 3.388695291147646}},
    {"tanh", {{0.7}, 0.6043677771171636}},
    {"sigmoid", {{0.7}, 0.6681877721681662}},
    {"erf", {{0.7}, 0.6778011938374185}},
    {"sin", {{0.7}, 0.644217687237691}},
    {"cos", {{0.7}, 0.7648421872844885}},
    {"atan", {{0.7}, 0.6107259643892086}},
    {"abs", {{-1.25}, 1.25}},
    {"sign", {{-1.25}, -1}},
    {"floor", {{-1.25}, -2}},
    {"stop_gradient", {{1.25}, 1.25}},
    {"real", {{3}, 3}},
    {"integer", {{-1.75}, -1}},
    {"boolean", {{-1.75}, 1}},
};

TEST(Functions, HaveTheirValues) {
  for (const Function& row : functions()) {
    const auto found = kGolden.find(row.name);
    ASSERT_NE(found, kGolden.end()) << row.name << " has no value here";
    const auto& [arguments, value] = found->second;
    ASSERT_EQ(arguments.size(), static_cast<size_t>(row.arity)) << row.name;
    EXPECT_NEAR(row.evaluate(arguments.data()), value, 1e-15 * std::max(1.0, std::abs(value))) << row.name;
  }
}

TEST(Functions, HaveTheirDerivatives) {
  constexpr double kStep = 1e-6;
  constexpr ResultOperands kLoss[] = {{.gradient = 2, .value = {}}};
  for (const Function& row : functions()) {
    if (row.signature != Signature::real && row.signature != Signature::arithmetic) continue;
    if (row.stops_gradient) continue;  // derivative_test.cpp
    const std::string text =
        row.arity == 1 ? std::string(row.name) + "(x0)" : std::string(row.name) + "(x0, x1)";
    const Expression made = parse_expression(text);
    for (const auto& [first, second] : {std::pair{0.8, 1.7}, {1.9, 0.6}}) {
      const double a = first, b = second;  // clang 14 captures no structured bindings
      for (int i = 0; i < row.arity; ++i) {
        const Expression gradient = gradient_of(made, std::array{i}, kLoss);
        const auto moved = [&](double step) {
          return value_of(made, {i == 0 ? a + step : a, i == 1 ? b + step : b});
        };
        const double slope = (moved(kStep) - moved(-kStep)) / (2 * kStep);
        EXPECT_NEAR(value_of(gradient, {a, b, 3}), 3 * slope, 1e-8 * (1 + std::abs(slope)))
            << text << " by x" << i << ": " << to_string(gradient);
      }
    }
  }
}

TEST(Functions, AreFoundByName) {
  EXPECT_EQ(function("tanh").name, "tanh");
  EXPECT_EQ(find_function("nothing"), nullptr);
  EXPECT_THROW(function("nothing"), InternalError);
}

}  // namespace
}  // namespace weft
