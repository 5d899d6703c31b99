#include "weft/expression/simplify.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "tests/expression/draws.h"
#include "weft/expression/evaluate.h"
#include "weft/expression/random_expression.h"
#include "weft/expression/text.h"

namespace weft {
namespace {

std::string simplified(std::string_view text) { return to_string(simplify(parse_expression(text))); }

/// One line a law: what is written, and what becomes of it.
const std::map<std::string, std::pair<std::string, std::string>, std::less<>> kLawTests = {
    {"add-zero", {"0.0 + x0", "x0"}},
    {"add-same", {"x0 + x0", "x0 * 2.0"}},
    {"sub-zero", {"x0 - 0.0", "x0"}},
    {"zero-sub", {"0.0 - x0", "-x0"}},
    {"add-negative", {"-x1 + x0", "x0 - x1"}},
    {"sub-negative", {"x0 - -x1", "x0 + x1"}},
    {"negative-sub", {"-(x0 - x1)", "x1 - x0"}},
    {"sub-constant", {"x0 - 2.0", "x0 + -2.0"}},
    {"negative-negative", {"-(-x0)", "x0"}},
    {"mul-one", {"1.0 * x0", "x0"}},
    {"mul-minus-one", {"-1.0 * x0", "-x0"}},
    {"mul-negative", {"x0 * -x1", "-(x0 * x1)"}},
    {"negative-mul-constant", {"-(x0 * 2.0)", "x0 * -2.0"}},
    {"mul-constants", {"2.0 * (x0 * 3.0)", "x0 * 6.0"}},
    {"constant-outwards", {"(2.0 * x0) * x1", "x0 * x1 * 2.0"}},
    {"div-one", {"x0 / 1.0", "x0"}},
    {"negative-div", {"-x0 / x1", "-(x0 / x1)"}},
    {"mul-quotient", {"x0 * (0.5 / x1)", "x0 * 0.5 / x1"}},
    {"inverse-sqrt", {"1.0 / sqrt(x0)", "rsqrt(x0)"}},
    {"pow-zero", {"pow(x0, 0.0)", "1.0"}},
    {"pow-half", {"pow(x0, 0.5)", "sqrt(x0)"}},
    {"pow-one", {"pow(x0, 1.0)", "x0"}},
    {"pow-two", {"pow(x0, 2.0)", "x0 * x0"}},
    {"pow-minus-one", {"pow(x0, -1.0)", "1.0 / x0"}},
    {"select-same", {"select(x1 < x2, x0, x0)", "x0"}},
    {"select-true", {"select(1.0 < 2.0, x0, x1)", "x0"}},
    {"select-false", {"select(2.0 < 1.0, x0, x1)", "x1"}},
    {"mul-select-one", {"x0 * select(p1, 1.0, 0.0)", "select(p1, x0, 0.0)"}},
    {"mul-select-zero", {"select(p1, 0.0, 1.0) * x0", "select(p1, 0.0, x0)"}},
    {"scale-selected", {"select(p1, x0, 0.0) * 2.0", "select(p1, x0 * 2.0, 0.0)"}},
    {"scale-unselected", {"select(p1, 0.0, x0) * 2.0", "select(p1, 0.0, x0 * 2.0)"}},
    {"max-above", {"max(x0, x1) > x1", "x0 > x1"}},
    {"min-below", {"min(x0, x1) < x1", "x0 < x1"}},
    {"integer-add-zero", {"0 + n0", "n0"}},
    {"integer-mul-one", {"n0 * 1", "n0"}},
};

TEST(Simplify, AppliesEachLaw) {
  for (const Law& law : laws()) {
    const auto found = kLawTests.find(law.name);
    ASSERT_NE(found, kLawTests.end()) << law.name << " has no test";
    EXPECT_EQ(simplified(found->second.first), found->second.second) << law.name;
  }
}

TEST(Simplify, FoldsConstantsAndOrdersArguments) {
  EXPECT_EQ(simplified("2.0 * 3.0 + exp(0.0)"), "7.0");
  EXPECT_EQ(simplified("x1 * x0"), "x0 * x1");
  EXPECT_EQ(simplified("x1 * x0 + x0 * x1"), "x0 * x1 * 2.0");
  EXPECT_EQ(simplified("x0 * 0.0"), "x0 * 0.0") << "infinity and NaN stay";
  EXPECT_EQ(simplified("x0 - x0"), "x0 - x0");
  EXPECT_EQ(simplified("0.0 * inf"), "nan");
  EXPECT_EQ(simplified("2000000000 + 2000000000"), "2000000000 + 2000000000") << "no integer of 32 bits";
  EXPECT_EQ(simplified("-(0)"), "0") << "integers have one zero";
  EXPECT_EQ(simplified("x0 * (1.0 / x1)"), "x0 / x1");
}

double value_at(const Expression& expression, std::span<const double> operands) {
  std::vector<double> values(expression.nodes.size());
  const int64_t position[] = {3, 1}, sizes[] = {5, 4};
  evaluate(expression, {operands, position, sizes}, values);
  return values[static_cast<size_t>(expression.results[0])];
}

TEST(Simplify, KeepsTheValueAndEndsInOneForm) {
  const ScalarType types[] = {ScalarType::real, ScalarType::integer, ScalarType::real};
  for (uint64_t seed = 0; seed < 500; ++seed) {
    auto between = testing::draws(seed);
    const Expression made = random_expression({types, 2, 12, 1, 1}, between);
    const Expression simple = simplify(made);
    SCOPED_TRACE(to_string(made) + " to " + to_string(simple));
    EXPECT_EQ(simplify(simple), simple);
    for (int i = 0; i < 5; ++i) {
      const double at[] = {static_cast<double>(between(-2000, 2000)) / 1000,
                           static_cast<double>(between(1, 9)),
                           static_cast<double>(between(-2000, 2000)) / 1000};
      const double value = value_at(made, at);
      EXPECT_NEAR(value_at(simple, at), value, 1e-12 * (1 + std::abs(value)));
    }
  }
}

TEST(ValuesOnly, LeavesOutWhatOnlyDerivativesHeed) {
  const auto values = [](std::string_view text) { return to_string(values_only(parse_expression(text))); };
  EXPECT_EQ(values("exp(x0 - stop_gradient(x1)), stop_gradient(x0)"), "exp(x0 - x1), x0");
  EXPECT_EQ(values("x0 + stop_gradient(x0)"), "x0 * 2.0") << "and makes the rest canonical";
}

}  // namespace
}  // namespace weft
