#include "weft/data/text/tokenizer/byte_pairs.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/data/text/tokenizer/pieces_law.h"
#include "tests/ops/expect_error.h"

namespace weft {
namespace {

/// A token for each byte, in the order of the bytes, and these, written in GPT-2's letters.
std::string vocabulary(const std::vector<std::string>& more) {
  nlohmann::json json;
  int32_t next = 256;
  for (int32_t byte = 0; byte < 256; ++byte) {
    const bool seen = (byte >= '!' && byte <= '~') || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
    const int32_t letter = seen ? byte : next++;
    std::string text;
    if (letter < 0x80) {
      text = static_cast<char>(letter);
    } else {
      text += static_cast<char>(0xc0 | (letter >> 6));
      text += static_cast<char>(0x80 | (letter & 0x3f));
    }
    json[text] = byte;
  }
  for (size_t i = 0; i < more.size(); ++i) json[more[i]] = 256 + static_cast<int32_t>(i);
  return json.dump();
}

using Ids = std::vector<int32_t>;

TEST(BytePairs, JoinsTheEarliestMergeFirstAndTheFirstPlaceOfIt) {
  const BytePairs tokens(vocabulary({"ab", "bc", "abc", "aa"}), "#version: 0.2\na b\nb c\nab c\na a\n", "x");
  EXPECT_EQ(tokens.encode("abc"), (Ids{258}));
  EXPECT_EQ(tokens.encode("bc"), (Ids{257}));
  EXPECT_EQ(tokens.encode("aaab"), (Ids{259, 256})) << "a b goes before a a";
  EXPECT_EQ(tokens.encode("aaa"), (Ids{259, 'a'}));
  EXPECT_EQ(tokens.vocabulary_size(), 260);
}

TEST(BytePairs, CutsTextAsGpt2Does) {
  // Spaces are Ġ; no merge goes across a piece.
  const BytePairs tokens(vocabulary({"Ġa", "aĠ", "aa", "a1", "ĠĠ"}), "Ġ a\na Ġ\na a\na 1\nĠ Ġ\n", "x");
  EXPECT_EQ(tokens.encode("a a"), (Ids{'a', 256})) << "a space goes with the word behind it";
  EXPECT_EQ(tokens.encode("a   a"), (Ids{'a', 260, 256})) << "of more the last does";
  EXPECT_EQ(tokens.encode("a1"), (Ids{'a', '1'})) << "words and numbers are apart";
  EXPECT_EQ(tokens.encode("aa  "), (Ids{258, 260}));
}

TEST(BytePairs, AnyBytesComeBack) {
  const BytePairs tokens(vocabulary({"ab"}), "a b\n", "x");
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
  all += "\xc3\xa4 \xe2\x82\xac \xf0\x9f\x98\x80 \xff\xfe ab";
  EXPECT_EQ(tokens.decode(tokens.encode(all)), all);
  EXPECT_EQ(tokens.decode({'a', 999, -1, 'b'}), "ab") << "ids that there are not give nothing";
  EXPECT_TRUE(tokens.encode("").empty());
}

TEST(BytePairs, TokensOfPiecesAreThoseOfTheWholeText) {
  const BytePairs tokens(vocabulary({"Ġa", "ĊĊ", "aa", "'s", "ĠĠ"}), "Ġ a\nĊ Ċ\na a\n' s\nĠ Ġ\n", "x");
  const std::string words[] = {" ",      "\n",   "a",    "aa's", "1", "\u4e2d",
                               "\u3000", "\xff", "\xe3", "\r\n", "'", "!"};
  testing::expect_pieces_make_the_whole(tokens, words);
}

TEST(BytePairs, BytesThatAreNoUtf8ArePiecesThatEndTheTextBeforeThem) {
  const BytePairs tokens(vocabulary({"ĠĠ", "ab", "Ġa", "Ã¤"}), "Ġ Ġ\na b\nĠ a\nÃ ¤\n", "x");
  const auto byte = [](const char* text) { return static_cast<int32_t>(static_cast<unsigned char>(*text)); };
  EXPECT_EQ(tokens.encode("ab\xff"
                          "ab"),
            (Ids{257, 255, 257}));
  EXPECT_EQ(tokens.encode("  \xff a"), (Ids{256, 255, 258})) << "white space before one is before an end";
  EXPECT_EQ(tokens.encode("\xe2\x82"), (Ids{byte("\xe2"), byte("\x82")})) << "a letter cut off";
  EXPECT_EQ(tokens.encode("\xed\xa0\x80\xc3\xa4"), (Ids{0xed, 0xa0, 0x80, 259})) << "a surrogate";
  std::string mixed;
  for (int i = 0; i < 300'000; ++i) mixed += "\xff a";
  EXPECT_EQ(tokens.encode(mixed).size(), 600'000U);
}

TEST(BytePairs, WhatPcreCannotDoIsAnErrorAndNoText) {
  EXPECT_TRUE(is_match(1));
  EXPECT_FALSE(is_match(-1));                        // PCRE2_ERROR_NOMATCH
  testing::expect_user_error([] { is_match(-47); },  // PCRE2_ERROR_MATCHLIMIT
                             "data.tokenizer: the text cannot be cut into words: match limit exceeded");
}

TEST(BytePairs, ALongWordTakesNoLongerThanItShould) {
  const BytePairs tokens(vocabulary({"aa"}), "a a\n", "x");
  EXPECT_EQ(tokens.encode(std::string(1'000'000, 'a')).size(), 500'000U);
}

TEST(BytePairs, FilesThatAreNotThatAreOneSentence) {
  const auto expect = [](const std::string& vocab, const std::string& merges, const std::string& message) {
    testing::expect_user_error([&] { BytePairs(vocab, merges, "data.tokenizer: X"); }, message);
  };
  expect("{", "", "data.tokenizer: X: vocab.json is no JSON");
  expect("[]", "", "data.tokenizer: X: vocab.json has no tokens");
  expect(R"({"a": "b"})", "",
         "data.tokenizer: X: vocab.json gives the token \"a\" the id \"b\", expected an integer from 0 on");
  expect(R"({"a": 1, "b": 1})", "", "data.tokenizer: X: vocab.json gives two tokens the id 1");
  expect(R"({"a": 1})", "", "data.tokenizer: X: vocab.json has no token for the byte 0");
  expect(vocabulary({}), "#version: 0.2\na b\n",
         "data.tokenizer: X: line 2 of merges.txt joins no two tokens of vocab.json to a third");
}

}  // namespace
}  // namespace weft
