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

/// The weight, from 1 on, after three steps in f32 whose gradient is always this.
std::vector<double> in_f32(const AdafactorRule& rule, const Dims& shape,
                           const std::vector<double>& gradient) {
  const testing::RuleGraph made = testing::rule_graph(rule, shape, 0, DType::f32);
  testing::Interpreter run(made.graph);
  for (size_t v = 0; v < made.graph.values().size(); ++v) {
    const Value& value = made.graph.values()[v];
    const double start = value.state_kind == kParameter ? 1 : 0;
    if (value.kind != ValueKind::state) continue;
    run.set({static_cast<int32_t>(v)}, std::vector<double>(static_cast<size_t>(value.type.elems()), start));
  }
  run.set(made.rate, {0.01});
  run.set(made.factor, {1});
  run.set(made.gradient, gradient);
  for (int64_t step = 1; step <= 3; ++step) {
    run.set(made.step, {static_cast<double>(step)});
    run.run();
  }
  return run.get(made.weight);
}

/// As an embedding has them, of tokens that a batch does not have.
TEST(Adafactor, RowsWithoutGradientStayWhateverTheEpsilonsAre) {
  const std::vector<double> gradient{1, -2, 0, 0, 0.5, 3};
  for (const double least : {1e-30, 1e-15, 1.1920929e-7, 1e-3}) {
    AdafactorRule rule;
    rule.epsilons = {least, 1e-3};
    for (const Dims& shape : {Dims{3, 2}, Dims{6}}) {
      const std::vector<double> weight = in_f32(rule, shape, gradient);
      for (size_t i = 0; i < gradient.size(); ++i) {
        ASSERT_TRUE(std::isfinite(weight[i])) << least << ", element " << i << " of " << to_string(shape);
        EXPECT_EQ(weight[i] == 1, gradient[i] == 0) << least << ", element " << i;
      }
    }
    const std::vector<double> still = in_f32(rule, {3, 2}, std::vector<double>(6, 0));
    EXPECT_EQ(still, std::vector<double>(6, 1)) << least;
  }
}

/// The step is relative to the gradient's own size, so that it does not matter while its square can be said.
TEST(Adafactor, SmallGradientsStepAsLargeOnesDo) {
  AdafactorRule rule;
  rule.epsilons = {1e-30, 1e-3};
  const std::vector<double> large = in_f32(rule, {3, 2}, {1, -2, 0.25, 4, 0.5, 3});
  for (const double factor : {1e-6, 1e-12, 1e-15}) {
    std::vector<double> gradient{1, -2, 0.25, 4, 0.5, 3};
    for (double& each : gradient) each *= factor;
    const std::vector<double> small = in_f32(rule, {3, 2}, gradient);
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
