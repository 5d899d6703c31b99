#include "weft/machine/transfer_time.h"

#include <gtest/gtest.h>

namespace weft {
namespace {

TEST(TransferTime, MessagesAndStorageAreInMegabytes) {
  EXPECT_DOUBLE_EQ(message_s({"network", std::nullopt, 10, 1000}, 500), 10e-6 + 0.5);
  EXPECT_DOUBLE_EQ(storage_s(500, 250), 2);
  EXPECT_EQ(network_mb_s({"network", std::nullopt, 10, 1000}), 1000);
}

NetworkLevel level_of(std::vector<GroupRates> groups) {
  return {.name = "node", .ranks = 8, .latency_us = 4, .mb_s = 100, .groups = std::move(groups)};
}

TEST(ForGroup, LiesBetweenTheSizesThatWereMeasured) {
  const NetworkLevel level = level_of({{2, 1, 1000}, {4, 3, 600}, {8, 4, 500}});
  const auto at = [&](int ranks) {
    const NetworkLevel rates = for_group(level, ranks);
    return std::pair(*rates.latency_us, *rates.mb_s);
  };
  EXPECT_EQ(at(1), std::pair(1.0, 1000.0));
  EXPECT_EQ(at(2), std::pair(1.0, 1000.0));
  EXPECT_EQ(at(3), std::pair(2.0, 800.0));
  EXPECT_EQ(at(4), std::pair(3.0, 600.0));
  EXPECT_EQ(at(7), std::pair(3.75, 525.0));
  EXPECT_EQ(at(8), std::pair(4.0, 500.0));
  EXPECT_EQ(at(100), std::pair(4.0, 500.0));
  EXPECT_EQ(for_group(level, 3).ranks, 8);
}

TEST(ForGroup, ALargerOneIsNoBetterWhereNoiseHasItSo) {
  const NetworkLevel level = level_of({{2, 3, 500}, {4, 1, 900}, {8, 4, 400}});
  EXPECT_EQ(for_group(level, 4).latency_us, 3);
  EXPECT_EQ(for_group(level, 4).mb_s, 500);
  EXPECT_EQ(for_group(level, 6).latency_us, 3.5);
  EXPECT_EQ(for_group(level, 6).mb_s, 450);
}

TEST(ForGroup, ALevelWithoutGroupsIsItself) {
  EXPECT_EQ(for_group(level_of({}), 2).latency_us, 4);
  EXPECT_EQ(for_group({.name = "unknown"}, 2).mb_s, std::nullopt);
}

}  // namespace
}  // namespace weft
