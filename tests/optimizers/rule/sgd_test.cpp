#include "weft/optimizers/rule/sgd.h"

#include <gtest/gtest.h>

#include "tests/optimizers/steps_of.h"

namespace weft {
namespace {

TEST(Sgd, StepsAsPyTorchDoes) {
  SgdRule rule;
  rule.momentum = 0.9;
  testing::expect_golden_steps(rule, "sgd");
}

}  // namespace
}  // namespace weft
