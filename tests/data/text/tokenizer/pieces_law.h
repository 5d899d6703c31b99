#pragma once
// The law that every tokenizer keeps: a text that is read in pieces has the tokens of the whole.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "weft/data/text/text_pieces.h"
#include "weft/data/text/tokenizer.h"

namespace weft::testing {

/// On 100 texts of 300 of these words each, in pieces of up to 50 bytes. The fewest pieces that a text had.
inline int64_t expect_pieces_make_the_whole(const Tokenizer& tokens, std::span<const std::string> words) {
  const std::string file = fmt::format("{}/weft-pieces-{}", ::testing::TempDir(), getpid());
  std::mt19937 random(3);
  int64_t fewest = INT64_MAX;
  for (int round = 0; round < 100; ++round) {
    std::string text;
    for (int i = 0; i < 300; ++i) text += words[random() % words.size()];
    std::ofstream(file) << text;
    const auto may_cut = [&](std::string_view before, std::string_view after) {
      return tokens.may_cut(before, after);
    };
    TextPieces pieces(file, "data.path", may_cut, 1 + random() % 50, 10'000);
    std::vector<int32_t> joined;
    int64_t count = 0;
    for (; pieces.next(); ++count) {
      const std::vector<int32_t> more = tokens.encode_after(pieces.before(), pieces.piece());
      joined.insert(joined.end(), more.begin(), more.end());
    }
    EXPECT_EQ(joined, tokens.encode(text)) << round;
    fewest = std::min(fewest, count);
    if (::testing::Test::HasFailure()) break;
  }
  std::filesystem::remove(file);
  return fewest;
}

}  // namespace weft::testing
