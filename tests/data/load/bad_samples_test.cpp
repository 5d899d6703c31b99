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

TEST(BadSamples, SubstitutesOfSubstitutesAreAllSamples) {
  for (const int64_t samples : {1, 2, 5, 64, 100}) {
    int64_t sample = samples / 2;
    std::set<int64_t> seen;
    for (int64_t i = 0; i < samples; ++i) {
      const int64_t other = substitute_for(sample, samples, 1, 2);
      EXPECT_EQ(other, substitute_for(sample, samples, 1, 2));
      sample = other;
      seen.insert(sample);
    }
    EXPECT_EQ(std::ssize(seen), samples);
    EXPECT_EQ(sample, samples / 2) << "the first comes last";
  }
}

}  // namespace
}  // namespace weft
