#include "weft/datasets/array_augmentation/turn.h"

#include <gtest/gtest.h>

#include "tests/ops/expect_error.h"

namespace weft {
namespace {

TEST(Turn, SaysAlongWhichAxesSamplesMayBeMirrored) {
  Turn turn;
  turn.mirror = {"width", "depth"};
  turn.rotate = true;
  VolumeTransform transform;
  turn.add_to(transform);
  EXPECT_EQ(transform.flip, (std::array<bool, 3>{true, false, true}));
  EXPECT_TRUE(transform.rotate);
}

TEST(Turn, RefusesAnAxisThatThereIsNot) {
  Turn turn;
  turn.mirror = {"width", "time"};
  EXPECT_EQ(turn.check(Recipe())->message,
            "data.mirror names \"time\"; expected some of \"depth\", \"height\", \"width\"");
}

TEST(Turn, RefusesAnAxisThatSamplesDoNotHave) {
  Turn turn;
  turn.mirror = {"width", "depth"};
  turn.expect_axes({"depth", "height", "width", "channel"});
  testing::expect_user_error(
      [&] {
        turn.expect_axes({"height", "width", "channel"});
      },
      "data.mirror names \"depth\", and the data's samples have no such axis, only height, width, channel");
  testing::expect_user_error(
      [&] {
        turn.expect_axes({"width", "channel"});
      },
      "data.mirror names \"depth\", and the data's samples have no such axis, only width, channel");
}

}  // namespace
}  // namespace weft
