#include "weft/data/load/array_channels.h"

#include <gtest/gtest.h>

namespace weft {
namespace {

TEST(ArrayChannels, AreSaidToBeElsewhereWhereThatHelps) {
  using Channels = ArrayChannels;
  const std::string_view none = "; where it has no channels, data.channels = \"none\" says so";
  const std::string_view some = "; where it has channels, data.channels = \"last\" or \"first\" says so";
  EXPECT_EQ(other_channels(Channels::last, {8, 8, 8}, 4, 4), none);
  EXPECT_EQ(other_channels(Channels::first, {9}, 2, 4), none);
  EXPECT_EQ(other_channels(Channels::last, {8, 8, 3}, 4, 4), "") << "three are colours";
  EXPECT_EQ(other_channels(Channels::last, {}, 1, 4), "") << "a number is no array of some";
  EXPECT_EQ(other_channels(Channels::last, {8, 8, 8, 8, 8}, 4, 4), "");
  EXPECT_EQ(other_channels(Channels::last, {8, 8}, 4, 4), "");
  EXPECT_EQ(other_channels(Channels::none, {8, 8, 8, 8, 1}, 2, 4), some);
  EXPECT_EQ(other_channels(Channels::none, {8, 8, 1}, 4, 4), "") << "it is said already";
  EXPECT_EQ(other_channels(Channels::none, {}, 2, 4), "");
}

}  // namespace
}  // namespace weft
