#include "weft/models/foreign_weights.h"

#include <gtest/gtest.h>

namespace weft {
namespace {

TEST(ForeignWeights, NamesWithoutThePrefixAreTheSameInABareModel) {
  ForeignWeights weights;
  weights.prefix = "transformer.";
  EXPECT_EQ(weights.bare_name("transformer.wte.weight"), "wte.weight");
  EXPECT_EQ(weights.bare_name("lm_head.weight"), "lm_head.weight");
  EXPECT_EQ(weights.bare_name("bias"), "bias") << "shorter than the prefix";
  EXPECT_EQ(ForeignWeights{}.bare_name("bias"), "bias");
}

}  // namespace
}  // namespace weft
