#include "weft/data/text/tokenizer/wordpiece.h"

#include <fmt/format.h>

#include "tests/data/source/source_fixture.h"
#include "tests/data/text/tokenizer/pieces_law.h"
#include "tests/ops/expect_error.h"
#include "weft/data/text/token_corpus.h"

namespace weft {
namespace {

using Ids = std::vector<int32_t>;

/// A line a token.
std::string lines(const std::vector<std::string>& tokens) {
  std::string text;
  for (const std::string& token : tokens) text += token + "\n";
  return text;
}

const std::string kTokens = lines({"[UNK]", "[MASK]", "un", "##aff", "##able", "##a", "a", "b", "##b", "!",
                                   ".", "\u4e16", "caf\u00e9", "cafe", "[", "]", "n't", "\U0001f600"});
enum Token : int32_t {
  kUnk,
  kMask,
  kUn,
  kAff,
  kAble,
  kOnA,
  kA,
  kB,
  kOnB,
  kBang,
  kStop,
  kWorld,
  kCafeAccent,
  kCafe,
  kOpen,
  kClose,
  kNot,
  kSmile
};

WordPiece small(const WordPieceSettings& settings = {}) { return {kTokens, settings, "X"}; }

TEST(WordPiece, TakesTheLongestTokenFromTheLeft) {
  const WordPiece tokens = small();
  EXPECT_EQ(tokens.encode("unaffable"), (Ids{kUn, kAff, kAble}));
  EXPECT_EQ(tokens.encode("ab ba\nabba"), (Ids{kA, kOnB, kB, kOnA, kA, kOnB, kOnB, kOnA}));
  EXPECT_EQ(tokens.encode("Unaffable!"), (Ids{kUn, kAff, kAble, kBang}));
  EXPECT_EQ(tokens.encode("a\u4e16b"), (Ids{kA, kWorld, kB}));
  EXPECT_EQ(tokens.encode("\U0001f600"), Ids{kSmile});
  EXPECT_EQ(tokens.encode(""), Ids{});
  EXPECT_EQ(tokens.vocabulary_size(), 18);
  EXPECT_EQ(tokens.name(), "X");
}

TEST(WordPiece, AWordThatCannotBeCutIsOneUnknownToken) {
  const WordPiece tokens = small();
  EXPECT_EQ(tokens.encode("unx b"), (Ids{kUnk, kB})) << "though it begins with one";
  EXPECT_EQ(tokens.encode("xun"), Ids{kUnk});
  EXPECT_EQ(tokens.encode("a\U0001f601"), Ids{kUnk}) << "whose first bytes are another's";
  EXPECT_EQ(tokens.encode("[MASK]"), (Ids{kOpen, kUnk, kClose})) << "special tokens are text as it is spelt";
  EXPECT_EQ(tokens.unknown(), kUnk);
  EXPECT_EQ(WordPiece("x\nwhat\n", {.rules = {}, .unknown = "what"}, "X").encode("a"), Ids{1});
}

TEST(WordPiece, WordsOfMoreThanAHundredCharactersAreUnknown) {
  const WordPiece tokens = small();
  const std::string long_word(100, 'a');
  EXPECT_EQ(tokens.encode(long_word).size(), 100U);
  EXPECT_EQ(tokens.encode(long_word + "a"), Ids{kUnk});
  const WordPiece letters("[UNK]\n\u00e4\n##\u00e4\n",
                          {.rules = {.strip_accents = false}, .unknown = "[UNK]"}, "X");
  std::string umlauts;
  for (int i = 0; i < 100; ++i) umlauts += "\u00e4";
  EXPECT_EQ(letters.encode(umlauts).size(), 100U) << "characters, of two bytes each";
  EXPECT_EQ(letters.encode(umlauts + "\u00e4"), Ids{0});
}

TEST(WordPiece, LinesEndAsOthersWriteThem) {
  const WordPiece tokens("[UNK]\r\na \t\r\n\nb", {}, "X");
  EXPECT_EQ(tokens.encode("a b"), (Ids{1, 3})) << "an empty line has a number too";
  EXPECT_EQ(tokens.vocabulary_size(), 4);
}

TEST(WordPiece, DecodesAsEnglishIsWritten) {
  const WordPiece tokens = small();
  EXPECT_EQ(tokens.decode(tokens.encode("unaffable a ab!")), "unaffable a ab!");
  EXPECT_EQ(tokens.decode({kAble, kA, kAble, kStop, kB}), "##able aable. b")
      << "nothing goes before the first";
  EXPECT_EQ(tokens.decode({kA, kNot, kUnk}), "an't [UNK]");
  EXPECT_EQ(tokens.decode({-1, kOnA, 99, kA}), "##a a") << "ids that there are not give nothing";
  EXPECT_EQ(tokens.decode({}), "");
}

/// Another word each: what joins two, what parts them, and what is no text.
TEST(WordPiece, TokensOfPiecesAreThoseOfTheWholeText) {
  const WordPiece tokens = small();
  const std::string words[] = {" ",  "\n", "\t", "\v",     "\f",     "\x1c",   "\r\n",   "a",    "b",
                               "un", "!",  ".",  "\u4e16", "\u3000", "\u0301", "\u200b", "\xff", "\xe3"};
  EXPECT_GT(testing::expect_pieces_make_the_whole(tokens, words), 3);
}

TEST(WordPiece, FilesThatAreNoVocabularyAreOneSentence) {
  const auto expect = [](const std::string& vocabulary, const std::string& message) {
    EXPECT_EQ(testing::message_of([&] { WordPiece(vocabulary, {}, "X"); }), "data.tokenizer: X: " + message);
  };
  expect("", "is empty, expected a token a line");
  expect("[UNK]\na\nb\na \n", "lines 2 and 4 are both \"a\", expected another token on each");
  expect("[UNK]\n\na\n\n", "lines 2 and 4 are both \"\", expected another token on each");
  expect("a\nb\n", "no line is [UNK], the token of unknown words");
  expect("[UNK]\na\xff\n", "line 2 is no UTF-8");
}

TEST(WordPiece, SettingsAreThoseOfTransformers) {
  const auto words = [](const std::string& config) {
    return bert_words("\u00c9\u4e16", WordPieceSettings::of(config, "X").rules);
  };
  using Words = std::vector<std::string>;
  EXPECT_EQ(words("{}"), (Words{"e", "\u4e16"}));
  EXPECT_EQ(words(R"({"do_lower_case": false})"), (Words{"\u00c9", "\u4e16"})) << "accents stay with it";
  EXPECT_EQ(words(R"({"do_lower_case": false, "strip_accents": true})"), (Words{"E", "\u4e16"}));
  EXPECT_EQ(words(R"({"strip_accents": false})"), (Words{"\u00e9", "\u4e16"}));
  EXPECT_EQ(words(R"({"strip_accents": null, "tokenize_chinese_chars": false})"), Words{"e\u4e16"});
  const auto unknown = [](const std::string& config) { return WordPieceSettings::of(config, "X").unknown; };
  EXPECT_EQ(unknown("{}"), "[UNK]");
  EXPECT_EQ(unknown(R"({"unk_token": "<unk>"})"), "<unk>");
  EXPECT_EQ(unknown(R"({"unk_token": {"content": "<unk>", "lstrip": false}})"), "<unk>");
}

TEST(WordPiece, SettingsThatChangeNoTokenAreLeftAlone) {
  EXPECT_EQ(testing::message_of([] {
              WordPieceSettings::of(R"({"tokenizer_class": "DistilBertTokenizerFast", "model_max_length": 512,
                "never_split": null, "do_basic_tokenize": true, "wordpieces_prefix": "##", "cls_token": "[CLS]",
                "added_tokens_decoder": {"1": {"content": "[MASK]", "special": true}}})",
                                    "X");
            }),
            "");
}

TEST(WordPiece, SettingsThatWouldChangeTokensAreOneSentence) {
  const auto expect = [](const std::string& config, const std::string& message) {
    EXPECT_EQ(testing::message_of([&] { WordPieceSettings::of(config, "X"); }),
              "data.tokenizer: X: " + message);
  };
  expect("{", "is no JSON");
  expect("[]", "is no JSON object");
  expect(R"({"do_lower_case": "no"})", "do_lower_case is \"no\", expected true or false");
  expect(R"({"unk_token": 3})", "unk_token is 3, expected a token");
  expect(R"({"do_basic_tokenize": false})",
         "do_basic_tokenize is false, expected true, the only value that Weft makes tokens by");
  expect(R"({"never_split": ["loom"]})",
         "never_split is [\"loom\"], expected [], the only value that Weft makes tokens by");
  expect(R"({"tokenizer_class": "EsmTokenizer"})",
         "tokenizer_class is \"EsmTokenizer\", which is not known to make the tokens of BertTokenizer");
  expect(R"({"added_tokens_decoder": {"1": {"content": "loom", "special": false}}})",
         "adds the token \"loom\", and WordPiece has those of vocab.txt only");
}

class WordPieceFiles : public SourceTest {};

TEST_F(WordPieceFiles, AFileAFolderAndWhatLiesBesideAreRead) {
  write(folder_ / "bert/vocab.txt", kTokens);
  write(folder_ / "bert/other-vocab.txt", lines({"[UNK]", "a"}));
  const std::string bert = (folder_ / "bert").string();
  EXPECT_TRUE(tokenizer_is_there(bert) && tokenizer_is_there(bert + "/vocab.txt"));
  EXPECT_EQ(make_tokenizer(bert)->encode("Caf\u00e9"), Ids{kCafe});
  EXPECT_EQ(make_tokenizer(bert + "/vocab.txt")->encode("Caf\u00e9"), Ids{kCafe});
  EXPECT_EQ(make_tokenizer(bert + "/other-vocab.txt")->encode("a b"), (Ids{1, 0}));
  write(folder_ / "bert/tokenizer_config.json", R"({"strip_accents": false})");
  EXPECT_EQ(make_tokenizer(bert)->encode("Caf\u00e9"), Ids{kCafeAccent});
  EXPECT_EQ(make_tokenizer(bert + "/vocab.txt")->encode("Caf\u00e9"), Ids{kCafeAccent});
  write(folder_ / "bert/tokenizer_config.json", R"({"clean_text": false})");
  EXPECT_EQ(testing::message_of([&] { make_tokenizer(bert); }),
            "data.tokenizer: " + bert +
                "/tokenizer_config.json: clean_text is false, expected true, the only value that Weft makes "
                "tokens by");
}

TEST_F(WordPieceFiles, BytePairsGoBeforeAVocabularyBesideThem) {
  write(folder_ / "vocab.txt", kTokens);
  write(folder_ / "vocab.json", "{");
  EXPECT_EQ(make_tokenizer(folder_.string())->unknown(), kUnk) << "one file is no byte pairs";
  write(folder_ / "merges.txt", "");
  EXPECT_EQ(testing::message_of([&] { make_tokenizer(folder_.string()); }),
            "data.tokenizer: " + folder_.string() + ": vocab.json is no JSON");
}

TEST_F(WordPieceFiles, FilesThatARunKeepsAreThoseThatAreRead) {
  write(folder_ / "vocab.txt", kTokens);
  const std::vector<std::string> names{"vocab.txt", "tokenizer_config.json"};
  EXPECT_EQ(files_of_tokenizer(folder_.string()), names);
  EXPECT_EQ(files_of_tokenizer((folder_ / "vocab.txt").string()), names);
  EXPECT_TRUE(files_of_tokenizer((folder_ / "some.model").string()).empty());
}

TEST_F(WordPieceFiles, WhatACorpusLosesIsSaid) {
  write(folder_ / "vocab.txt", kTokens);
  write(folder_ / "text", "a b\nUn.\n");
  const auto tokenizer = make_tokenizer((folder_ / "vocab.txt").string());
  const Corpus corpus = read_corpus(folder_ / "text", *tokenizer);
  EXPECT_EQ(corpus.tokens, (Tokens{kA, kB, kUn, kStop}));
  EXPECT_EQ(corpus.remarks.at(0),
            tokenizer->name() + ": makes spaces of newlines, as its normalizer says; 2 newlines were lost");
  EXPECT_NE(corpus.remarks.back().find("the first is \"U\", made \"u\""), std::string::npos);
}

}  // namespace
}  // namespace weft
