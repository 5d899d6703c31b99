#include "weft/optimizers/rule/adafactor.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/optimizers/steps_of.h"

namespace weft {
namespace {

TEST(Adafactor, StepsAsPyTorchDoes) {
  testing::expect_golden_steps(AdafactorRule(), "adafactor");
  testing::expect_golden_steps(AdafactorRule(), "adafactor.vector", {.shape = {5}});
}

/// Elements of the states beside a weight of this shape.
int64_t kept_for(const Dims& shape) {
  const testing::RuleGraph made = testing::rule_graph(AdafactorRule(), shape, 0);
  int64_t elems = 0;
  for (const Value& value : made.graph.values()) {
    if (value.kind == ValueKind::state && value.state_kind != kParameter) elems += value.type.elems();
  }
  return elems;
}

TEST(Adafactor, KeepsARowAndAColumnHoweverManyDimensionsAWeightHas) {
  EXPECT_EQ(kept_for({40, 50}), 90);
  EXPECT_EQ(kept_for({64, 32, 3, 3}), 64 + 32 * 9);
  EXPECT_EQ(kept_for({3, 4, 16, 64}), 3 * 4 * 16 + 64) << "q, k and v of four heads";
  EXPECT_EQ(kept_for({7}), 7);
}

/// As an embedding has them, of tokens that a batch does not have.
TEST(Adafactor, RowsWithoutGradientStayWhateverTheEpsilonsAre) {
  const std::vector<double> gradient{1, -2, 0, 0, 0.5, 3};
  for (const double least : {1e-30, 1e-15, 1.1920929e-7, 1e-3}) {
    AdafactorRule rule;
    rule.epsilons = {least, 1e-3};
    for (const Dims& shape : {Dims{3, 2}, Dims{6}}) {
      const std::vector<double> weight = testing::steps_in_f32(rule, shape, gradient);
      for (size_t i = 0; i < gradient.size(); ++i) {
        ASSERT_TRUE(std::isfinite(weight[i])) << least << ", element " << i << " of " << to_string(shape);
        EXPECT_EQ(weight[i] == 1, gradient[i] == 0) << least << ", element " << i;
      }
    }
    const std::vector<double> still = testing::steps_in_f32(rule, {3, 2}, std::vector<double>(6, 0));
    EXPECT_EQ(still, std::vector<double>(6, 1)) << least;
  }
}

/// The step is relative to the gradient's own size, so that it does not matter while its square can be said.
TEST(Adafactor, SmallGradientsStepAsLargeOnesDo) {
  AdafactorRule rule;
  rule.epsilons = {1e-30, 1e-3};
  const std::vector<double> large = testing::steps_in_f32(rule, {3, 2}, {1, -2, 0.25, 4, 0.5, 3});
  for (const double factor : {1e-6, 1e-12, 1e-15}) {
    std::vector<double> gradient{1, -2, 0.25, 4, 0.5, 3};
    for (double& each : gradient) each *= factor;
    const std::vector<double> small = testing::steps_in_f32(rule, {3, 2}, gradient);
    for (size_t i = 0; i < small.size(); ++i) EXPECT_NEAR(small[i], large[i], 2e-5) << factor << " " << i;
  }
}

TEST(Adafactor, RefusesEpsilonsThatDivideByZeroAndDecaysThatForgetNothing) {
  const auto takes = [](const char* key, const RecipeValue& value) {
    return AdafactorRule().with(key, value).kind != nullptr;
  };
  EXPECT_TRUE(takes("epsilons", {RecipeValue::List{{1e-30}, {1e-3}}})) << "those of the paper";
  EXPECT_FALSE(takes("epsilons", {RecipeValue::List{{0.0}, {1e-3}}}));
  EXPECT_FALSE(takes("epsilons", {RecipeValue::List{{1e-40}, {1e-3}}}));
  EXPECT_TRUE(takes("beta2_decay", {-1.0}));
  EXPECT_FALSE(takes("beta2_decay", {-1.5}));
  EXPECT_FALSE(takes("beta2_decay", {0.0}));
  EXPECT_FALSE(takes("beta2_decay", {0.8}));
}

}  // namespace
}  // namespace weft
