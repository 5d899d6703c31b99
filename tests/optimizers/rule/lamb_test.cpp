#include "weft/optimizers/rule/lamb.h"

#include <gtest/gtest.h>

#include "tests/optimizers/steps_of.h"

namespace weft {
namespace {

TEST(Lamb, StepsAsItsPaperSays) { testing::expect_golden_steps(LambRule(), "lamb"); }

TEST(Lamb, StepsOfAZeroParameterAreNotScaled) {
  GraphBuilder build;
  const testing::RuleGraph made = testing::rule_graph(LambRule(), {2}, 0);
  testing::Interpreter run(made.graph);
  for (size_t v = 0; v < made.graph.values().size(); ++v) {
    if (made.graph.values()[v].kind == ValueKind::state) run.set({static_cast<int32_t>(v)}, {0, 0});
  }
  run.set(made.gradient, {3, -5});
  run.set(made.rate, {0.1});
  run.set(made.step, {1});
  run.set(made.factor, {1});
  run.run();
  EXPECT_NEAR(run.get(made.weight)[0], -0.1, 1e-7) << "Adam's first step, of size 1";
  EXPECT_NEAR(run.get(made.weight)[1], 0.1, 1e-7);
}

}  // namespace
}  // namespace weft
