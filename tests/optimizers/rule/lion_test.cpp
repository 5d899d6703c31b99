#include "weft/optimizers/rule/lion.h"

#include <gtest/gtest.h>

#include "tests/optimizers/steps_of.h"

namespace weft {
namespace {

TEST(Lion, StepsAsItsPaperSays) { testing::expect_golden_steps(LionRule(), "lion"); }

}  // namespace
}  // namespace weft
