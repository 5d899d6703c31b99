#include "weft/train/observer/divergence.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/ops/expect_error.h"

namespace weft {
namespace {

TEST(Divergence, NoisyLossesThatFallSayNothing) {
  Divergence divergence;
  for (int64_t step = 1; step < 2000; ++step) {
    const double noise = 1 + 0.5 * std::sin(static_cast<double>(step * step));
    EXPECT_FALSE(divergence.look_at(step, noise * (0.01 + 5 * std::exp(-0.01 * static_cast<double>(step)))));
  }
}

TEST(Divergence, ALossBelowZeroIsNotTwiceAsHigh) {
  Divergence divergence;
  for (int64_t step = 1; step < 100; ++step) EXPECT_FALSE(divergence.look_at(step, -3));
}

TEST(Divergence, ALossThatExplodesIsSaidOnceUntilItComesDown) {
  Divergence divergence;
  int64_t step = 0;
  const auto steps = [&](int64_t count, double loss) {
    int said = 0;
    for (int64_t i = 0; i < count; ++i) said += divergence.look_at(++step, loss) ? 1 : 0;
    return said;
  };
  EXPECT_EQ(steps(50, 3), 0);
  EXPECT_EQ(steps(50, 2), 0);
  EXPECT_EQ(steps(3, 5), 0) << "three steps of 2.5 times";
  EXPECT_FALSE(divergence.look_at(step, std::nan(""))) << "of a step without targets";
  std::optional<std::string> said;
  while (!said) said = divergence.look_at(++step, 1e4);
  EXPECT_TRUE(said->starts_with(
      "warning: step 104: the loss explodes: 1003 over the last 10 steps, and 2 up to step 60"))
      << *said;
  EXPECT_EQ(steps(100, 1e5), 0);
  EXPECT_EQ(steps(100, 2), 0);
  EXPECT_EQ(steps(100, 1e5), 1);
}

TEST(Divergence, ALossBelowWhereItBeganIsNone) {
  Divergence divergence;
  int said = 0;
  for (int64_t step = 1; step <= 100; ++step) said += divergence.look_at(step, step < 50 ? 10 : 0.1) ? 1 : 0;
  for (int64_t step = 101; step <= 200; ++step) said += divergence.look_at(step, 11) ? 1 : 0;
  EXPECT_EQ(said, 0);
}

}  // namespace
}  // namespace weft
