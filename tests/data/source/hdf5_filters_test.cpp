#include "weft/data/source/hdf5_filters.h"

#include <gtest/gtest.h>

#include "tests/ops/expect_error.h"

namespace weft {
namespace {

using testing::expect_user_error;
using Kind = Hdf5Filter::Kind;

std::vector<std::byte> bytes_of(std::string_view text) {
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

TEST(Hdf5Filters, UndoShuffleAndLeaveOutWhatWasNotApplied) {
  const std::vector<Hdf5Filter> shuffle{{Kind::shuffle, 2}};
  EXPECT_EQ(undo_filters(bytes_of("acebdf"), shuffle, 0, 6, "v"), bytes_of("abcdef"));
  EXPECT_EQ(undo_filters(bytes_of("abcdef"), shuffle, 1, 6, "v"), bytes_of("abcdef"));
}

TEST(Hdf5Filters, SayWhichChunksAreBroken) {
  const std::vector<Hdf5Filter> fletcher{{Kind::fletcher32, 1}};
  expect_user_error([&] { undo_filters(bytes_of("abc"), fletcher, 0, 3, "x.h5"); },
                    "x.h5: a chunk is too short for its checksum");
  expect_user_error([&] { undo_filters(bytes_of("abcd"), {}, 0, 6, "x.h5"); },
                    "x.h5: a chunk unpacks to 4 bytes, expected 6");
}

}  // namespace
}  // namespace weft
