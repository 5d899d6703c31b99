#include "weft/data/load/array_channels.h"

#include <gtest/gtest.h>

namespace weft {
namespace {

TEST(ArrayChannels, AreSaidToBeElsewhereWhereThatHelps) {
  using Channels = ArrayChannels;
  const std::string_view none = "; where it has no channels, data.channels = \"none\" says so";
  const std::string_view some = "; where it has channels, data.channels = \"last\" or \"first\" says so";
  EXPECT_EQ(other_channels(Channels::last, 3, 4, 4), none);
  EXPECT_EQ(other_channels(Channels::first, 1, 2, 4), none);
  EXPECT_EQ(other_channels(Channels::last, 5, 4, 4), "");
  EXPECT_EQ(other_channels(Channels::last, 2, 4, 4), "");
  EXPECT_EQ(other_channels(Channels::none, 5, 2, 4), some);
  EXPECT_EQ(other_channels(Channels::none, 3, 4, 4), "") << "it is said already";
  EXPECT_EQ(other_channels(Channels::none, 0, 2, 4), "");
}

}  // namespace
}  // namespace weft
