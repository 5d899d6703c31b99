#include "weft/data/load/bad_samples.h"

#include <gtest/gtest.h>

#include "tests/ops/expect_error.h"

namespace weft {
namespace {

using testing::expect_user_error;

TEST(BadSamples, AreListedOnceEachUpToTheLimit) {
  BadSamples bad(OnBadSample::skip, 2);
  bad.add(7, "seven is damaged");
  bad.add(7, "seven is damaged");
  bad.add(3, "three is damaged");
  ASSERT_EQ(bad.list().size(), 2U);
  EXPECT_EQ(bad.list()[1].why, "three is damaged");
  expect_user_error([&] { bad.add(4, "four is damaged"); },
                    "data.bad_limit=2: one bad sample too many; the last was: four is damaged");
}

TEST(BadSamples, EndLoadingAtOnceUnderThePolicyFail) {
  BadSamples bad(OnBadSample::fail, 100);
  expect_user_error([&] { bad.add(7, "seven is damaged"); },
                    "seven is damaged; data.on_bad = \"skip\" would leave such samples out of the loss");
}

TEST(BadSamples, ASubstituteIsAnotherSampleAndAlwaysTheSame) {
  for (int64_t sample = 0; sample < 5; ++sample) {
    const auto other = substitute_for(sample, 5, 1, 2);
    EXPECT_NE(other, sample);
    EXPECT_EQ(other, substitute_for(sample, 5, 1, 2));
  }
  EXPECT_EQ(substitute_for(0, 1, 1, 2), std::nullopt);
}

}  // namespace
}  // namespace weft
