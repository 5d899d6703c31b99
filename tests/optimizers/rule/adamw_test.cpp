#include "weft/optimizers/rule/adamw.h"

#include <gtest/gtest.h>

#include "tests/optimizers/steps_of.h"

namespace weft {
namespace {

TEST(AdamW, StepsAsPyTorchDoes) { testing::expect_golden_steps(AdamWRule(), "adamw"); }

}  // namespace
}  // namespace weft
