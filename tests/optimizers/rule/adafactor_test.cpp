#include "weft/optimizers/rule/adafactor.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace weft
