#include "weft/data/stream/stratified_sampler.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

namespace weft {
namespace {

/// Folders in order: 600 samples of class 0, 300 of class 1, 100 of class 2.
std::vector<int32_t> folders() {
  std::vector<int32_t> labels(600, 0);
  labels.insert(labels.end(), 300, 1);
  labels.insert(labels.end(), 100, 2);
  return labels;
}

TEST(StratifiedSampler, EveryBeginningHasTheProportionsOfTheWhole) {
  const std::vector<int32_t> labels = folders();
  const StratifiedSampler sampler(labels, 7);
  std::map<int32_t, int64_t> counts;
  for (int64_t position = 0; position < 1000; ++position) {
    ++counts[labels[static_cast<size_t>(sampler.at(3, position))]];
    const auto seen = static_cast<double>(position + 1);
    EXPECT_NEAR(static_cast<double>(counts[0]), 0.6 * seen, 2) << position;
    EXPECT_NEAR(static_cast<double>(counts[1]), 0.3 * seen, 2) << position;
    EXPECT_NEAR(static_cast<double>(counts[2]), 0.1 * seen, 2) << position;
  }
}

TEST(StratifiedSampler, EachSampleComesOnceAndIsFoundWhereItComes) {
  const StratifiedSampler sampler(folders(), 7);
  std::set<int64_t> seen;
  for (int64_t position = 0; position < sampler.size(); ++position) {
    const int64_t sample = sampler.at(0, position);
    seen.insert(sample);
    EXPECT_EQ(sampler.find(1, sample, 0), position);
    EXPECT_EQ(sampler.find(1, sample, position + 1), std::nullopt);
  }
  EXPECT_EQ(seen.size(), 1000U);
}

TEST(StratifiedSampler, WithoutClassesItIsAShuffleByTheSeed) {
  const std::vector<int32_t> none(1000, -1);
  const StratifiedSampler one(none, 7);
  const StratifiedSampler same(none, 7);
  const StratifiedSampler other(none, 8);
  int64_t sum = 0;
  int64_t equal = 0;
  for (int64_t position = 0; position < 100; ++position) {
    EXPECT_EQ(one.at(0, position), same.at(5, position));
    sum += one.at(0, position);
    equal += one.at(0, position) == other.at(0, position) ? 1 : 0;
  }
  EXPECT_NEAR(static_cast<double>(sum) / 100, 500, 120);
  EXPECT_LT(equal, 5);
}

TEST(StratifiedSampler, ManyClassesOfOneSampleAreShuffledToo) {
  std::vector<int32_t> labels;
  for (int32_t i = 0; i < 1000; ++i) labels.push_back(i);
  const StratifiedSampler sampler(labels, 7);
  int64_t sum = 0;
  for (int64_t position = 0; position < 100; ++position) sum += sampler.at(0, position);
  EXPECT_NEAR(static_cast<double>(sum) / 100, 500, 120);
}

}  // namespace
}  // namespace weft
