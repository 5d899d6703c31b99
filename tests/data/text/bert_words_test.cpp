#include "weft/data/text/bert_words.h"

#include <gtest/gtest.h>

namespace weft {
namespace {

using Words = std::vector<std::string>;

TEST(BertWords, ArePartedBySpacesAndSigns) {
  EXPECT_EQ(bert_words("Hey  friend!\tHow\r\nare you?!?", {}),
            (Words{"hey", "friend", "!", "how", "are", "you", "?", "!", "?"}));
  EXPECT_EQ(bert_words("a$b^c`d|e~f", {}), (Words{"a", "$", "b", "^", "c", "`", "d", "|", "e", "~", "f"}))
      << "of ASCII all that is no letter and no digit, whatever Unicode calls it";
  EXPECT_EQ(bert_words("x\u20acy", {}), Words{"x\u20acy"}) << "elsewhere symbols belong to words";
  EXPECT_EQ(bert_words("\u00abx\u00bb\u2014y\u3002", {}),
            (Words{"\u00ab", "x", "\u00bb", "\u2014", "y", "\u3002"}));
  EXPECT_EQ(bert_words("a\u00a0b\u2003c\u3000d\u2028e", {}), (Words{"a", "b", "c", "d", "e"}));
  EXPECT_EQ(bert_words("", {}), Words{});
  EXPECT_EQ(bert_words(" \n ", {}), Words{});
}

TEST(BertWords, ControlCharactersAreLeftOutAndEndNoWord) {
  EXPECT_EQ(bert_words(std::string("a\0b\x7f\vc\f", 7) + "d\u0085e\u00adf\u200bg\ufeffh\ue000i\ufffdj", {}),
            Words{"abcdefghij"});
  EXPECT_EQ(bert_words("a\u0378b", {}), Words{"a\u0378b"})
      << "of what Unicode has not assigned nothing is known";
}

TEST(BertWords, BytesThatAreNoUtf8AreLeftOut) {
  EXPECT_EQ(bert_words("a\xff"
                       "b\xe2\x82",
                       {}),
            Words{"ab"});
  EXPECT_EQ(bert_words("\xed\xa0\x80x \xc0\xafy \xf4\x90\x80\x80z", {}), (Words{"x", "y", "z"}))
      << "a surrogate, a longer form than needed, beyond U+10FFFF";
}

TEST(BertWords, AccentsGoWithLowerCaseOrStay) {
  const std::string text = "\u00c9t\u00e9 e\u0301 \ud55c \u0130";
  EXPECT_EQ(bert_words(text, {}), (Words{"ete", "e", "\u1112\u1161\u11ab", "i"}));
  EXPECT_EQ(bert_words(text, {.lower_case = false}), (Words{"Ete", "e", "\u1112\u1161\u11ab", "I"}));
  EXPECT_EQ(bert_words(text, {.strip_accents = false}),
            (Words{"\u00e9t\u00e9", "e\u0301", "\ud55c", "i\u0307"}));
  EXPECT_EQ(bert_words(text, {.lower_case = false, .strip_accents = false}),
            (Words{"\u00c9t\u00e9", "e\u0301", "\ud55c", "\u0130"}));
}

TEST(BertWords, MarksThatStayAreInCanonicalOrder) {
  // Spacing marks of the classes 216 and 9: no accents, and in this order another text than the canonical
  // one.
  EXPECT_EQ(bert_words("x\U0001d165\u1b44", {}), Words{"x\u1b44\U0001d165"});
  EXPECT_EQ(bert_words("x\U0001d165\u1b44", {.strip_accents = false}), Words{"x\U0001d165\u1b44"});
}

TEST(BertWords, LowerCaseLooksAtNoNeighbours) {
  EXPECT_EQ(bert_words("\u039f\u03a3 \u1e9e \U00010400", {}), (Words{"\u03bf\u03c3", "\u00df", "\U00010428"}))
      << "no final sigma";
}

TEST(BertWords, EachIdeographIsAWord) {
  EXPECT_EQ(bert_words("a\u4e16\u754cb", {}), (Words{"a", "\u4e16", "\u754c", "b"}));
  EXPECT_EQ(bert_words("a\u4e16\u754cb", {.split_ideographs = false}), Words{"a\u4e16\u754cb"});
  EXPECT_EQ(bert_words("\u3042\u3044\u30a2", {}), Words{"\u3042\u3044\u30a2"}) << "kana are none";
  // One for compatibility is parted first and becomes the other it stands for.
  EXPECT_EQ(bert_words("\uf900x", {}), (Words{"\u8c48", "x"}));
  EXPECT_EQ(bert_words("\U00020000\U0002b820\U0002b821", {}), (Words{"\U00020000", "\U0002b820\U0002b821"}));
}

TEST(BertWords, TrailingSpaceIsUnicodes) {
  EXPECT_EQ(without_trailing_space("a b \t\r\v\u0085\u2003\u3000"), "a b");
  EXPECT_EQ(without_trailing_space("\u3000"), "");
  EXPECT_EQ(without_trailing_space("\u200b"), "\u200b") << "of no width, and no space";
  EXPECT_TRUE(is_white_space('\f') && is_white_space(0x1680) && !is_white_space('x'));
}

}  // namespace
}  // namespace weft
