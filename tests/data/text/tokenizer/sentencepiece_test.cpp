// A SentencePiece model made here: its pieces are the tokens, and text comes back.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sentencepiece_trainer.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "weft/base/check.h"
#include "weft/base/text_file.h"
#include "weft/data/text/text_pieces.h"
#include "weft/data/text/token_corpus.h"
#include "weft/data/text/tokenizer.h"

namespace weft {
namespace {

namespace fs = std::filesystem;

class SentencePiece : public ::testing::Test {
 protected:
  SentencePiece() : folder_(fs::temp_directory_path() / fmt::format("weft-sentencepiece-{}", getpid())) {
    fs::create_directories(folder_);
    std::ofstream text(folder_ / "text.txt");
    for (int i = 0; i < 300; ++i) text << kLine << "\n";
  }
  ~SentencePiece() override { fs::remove_all(folder_); }

  std::shared_ptr<const Tokenizer> model_of(const std::string& options) const {
    const std::string model = (folder_ / "tiny").string();
    const auto made = sentencepiece::SentencePieceTrainer::Train(
        fmt::format("--input={} --model_prefix={} --minloglevel=2 --hard_vocab_limit=false {}",
                    (folder_ / "text.txt").string(), model, options));
    EXPECT_TRUE(made.ok()) << made.ToString();
    return make_tokenizer(model + ".model");
  }
  /// Of a text in pieces of some bytes, one after the other.
  std::vector<int32_t> in_pieces(const Tokenizer& tokenizer, const std::string& text, size_t bytes) const {
    const fs::path file = folder_ / "pieces.txt";
    std::ofstream(file) << text;
    const auto may_cut = [&](std::string_view before, std::string_view after) {
      return tokenizer.may_cut(before, after);
    };
    TextPieces pieces(file, "data.path", may_cut, bytes, 64 * bytes);
    std::vector<int32_t> tokens;
    for (pieces_ = 0; pieces.next(); ++pieces_) {
      const auto more = pieces.before().empty() ? tokenizer.encode(pieces.piece())
                                                : tokenizer.encode_after(pieces.before(), pieces.piece());
      tokens.insert(tokens.end(), more.begin(), more.end());
    }
    return tokens;
  }

  static constexpr const char* kLine = "she sells sea shells by the sea shore";
  fs::path folder_;
  mutable int64_t pieces_ = 0;  ///< that the last text was read in
};

TEST_F(SentencePiece, TokensAreThePiecesOfTheModel) {
  const std::string model = (folder_ / "tiny").string();
  const auto made = sentencepiece::SentencePieceTrainer::Train(
      fmt::format("--input={} --model_prefix={} --vocab_size=40 --minloglevel=2 --hard_vocab_limit=false",
                  (folder_ / "text.txt").string(), model));
  ASSERT_TRUE(made.ok()) << made.ToString();
  const auto tokenizer = make_tokenizer(model + ".model");
  EXPECT_GT(tokenizer->vocabulary_size(), 10);
  EXPECT_LE(tokenizer->vocabulary_size(), 40);
  const std::vector<int32_t> tokens = tokenizer->encode(kLine);
  EXPECT_LT(tokens.size(), std::string(kLine).size()) << "pieces are longer than letters";
  for (const int32_t token : tokens) EXPECT_TRUE(token >= 0 && token < tokenizer->vocabulary_size());
  EXPECT_EQ(tokenizer->decode(tokens), kLine);
  EXPECT_GT(read_corpus(folder_ / "text.txt", *tokenizer, "data.path").tokens.size(),
            300 * tokens.size() / 2);
}

/// What a model may do with white space, and with what it does not know.
constexpr const char* kModels[] = {
    "--vocab_size=40",
    "--vocab_size=40 --model_type=bpe",
    "--vocab_size=40 --add_dummy_prefix=false",
    "--vocab_size=40 --treat_whitespace_as_suffix=true",
    "--vocab_size=40 --normalization_rule_name=identity --remove_extra_whitespaces=false "
    "--user_defined_symbols=\\n",
    "--vocab_size=340 --normalization_rule_name=identity --remove_extra_whitespaces=false "
    "--byte_fallback=true --model_type=bpe"};

TEST_F(SentencePiece, TokensOfPiecesAreThoseOfTheWholeText) {
  std::string text;
  for (int i = 0; i < 200; ++i) {
    text += kLine;
    text += i % 7 == 0 ? "\n\n  " : i % 5 == 0 ? "\t" : i % 3 == 0 ? " \u4e2d\u6587\u3000 \n" : "\r\n";
  }
  for (const char* options : kModels) {
    const auto tokenizer = model_of(options);
    const std::vector<int32_t> whole = tokenizer->encode(text);
    for (const size_t bytes : {100, 333, 5000}) {
      EXPECT_EQ(in_pieces(*tokenizer, text, bytes), whole) << options << ", pieces of " << bytes;
    }
  }
}

TEST_F(SentencePiece, TokensOfPiecesAreThoseOfTheWholeTextWherePiecesSpanWords) {
  // A model of one line has a piece across each of its spaces. The text has no dashes: "---" is "--" and "-"
  // or the other way round, equally likely, and the library lets rounding decide, which differs with how much
  // text went before.
  const std::string text =
      read_text(fs::path(WEFT_SOURCE_DIR) / "tests/data/text/tokenizer/many_words.txt", "text");
  std::ofstream(folder_ / "text.txt") << text;
  for (const std::string& options :
       {std::string("--model_type=unigram"), std::string("--model_type=bpe"),
        std::string("--treat_whitespace_as_suffix=true"), std::string("--add_dummy_prefix=false"),
        std::string("--normalization_rule_name=identity --remove_extra_whitespaces=false"),
        std::string("--model_type=bpe --byte_fallback=true --treat_whitespace_as_suffix=true "
                    "--remove_extra_whitespaces=false")}) {
    const auto tokenizer = model_of("--vocab_size=1500 --split_by_whitespace=false " + options);
    const std::vector<int32_t> whole = tokenizer->encode(text);
    const auto spans = [&](int32_t token) {
      const std::string piece = tokenizer->decode({0, token});
      const size_t space = piece.find(' ', piece.find_first_not_of(' '));
      return space != std::string::npos && piece.find_first_not_of(' ', space) != std::string::npos;
    };
    EXPECT_GT(std::ranges::count_if(whole, spans), 100) << options;
    for (const size_t bytes : {100, 1000, 5000}) {
      EXPECT_EQ(in_pieces(*tokenizer, text, bytes), whole) << options << ", pieces of " << bytes;
      EXPECT_GT(pieces_, std::ssize(text) / static_cast<int64_t>(8 * bytes)) << options;
    }
  }
}

TEST_F(SentencePiece, WhatItLosesIsSaid) {
  const auto said = [&](const std::string& options, const std::string& text) {
    const auto tokenizer = model_of(options);
    std::ofstream(folder_ / "said.txt") << text;
    return read_corpus(folder_ / "said.txt", *tokenizer).remarks;
  };
  const std::string name = (folder_ / "tiny.model").string();
  using Remarks = std::vector<std::string>;
  EXPECT_EQ(said(kModels[0], "she sells\nsea\tshells\n"),
            (Remarks{name + ": makes spaces of newlines, as its normalizer says; 2 newlines were lost",
                     name + ": makes spaces of tabs, as its normalizer says; 1 tabs were lost"}));
  EXPECT_EQ(said(kModels[0], "she  sells   sea"),
            Remarks{name + ": makes one space of several, as its normalizer says; 3 were lost"});
  EXPECT_EQ(said(kModels[0], "she \u4e2d\u6587 sea \u6587"),
            Remarks{name + ": has no token for 2 characters or runs of them, which were lost"});
  EXPECT_EQ(
      said(kModels[0], "she \uff53ea"),
      Remarks{name + ": makes other characters of some, as its normalizer says; the first is \"\uff53\", "
                     "made \"s\""});
  EXPECT_EQ(said(kModels[5], "she  sells\nsea \u4e2d\tshells\n"), Remarks{});
}

TEST_F(SentencePiece, AModelThatIsCutShortIsRefusedWhereverItsPiecesAreCut) {
  const auto whole = model_of("--vocab_size=40");
  std::ifstream file(folder_ / "tiny.model", std::ios::binary);
  const std::string model{std::istreambuf_iterator<char>(file), {}};
  const std::string path = (folder_ / "cut.model").string();
  int64_t ends_between_pieces = 0;
  // The pieces come first, and are short.
  for (size_t bytes = 1; bytes < 600; ++bytes) {
    std::ofstream(path, std::ios::binary) << model.substr(0, bytes);
    try {
      const auto cut = make_tokenizer(path);
      EXPECT_EQ(cut->encode(kLine), whole->encode(kLine)) << bytes << " of " << model.size() << " bytes";
    } catch (const UserError& error) {
      if (error.what() == "data.tokenizer: " + path +
                              " has pieces and does not say how texts are normalized; is it cut short?")
        ++ends_between_pieces;
    }
  }
  EXPECT_GE(ends_between_pieces, whole->vocabulary_size() / 2);
}

TEST_F(SentencePiece, AFileThatIsNoModelIsNamed) {
  const std::string path = (folder_ / "text.txt").string();
  try {
    make_tokenizer(path);
    FAIL() << "no error";
  } catch (const UserError& error) {
    EXPECT_EQ(error.what(), "data.tokenizer: " + path + " is no SentencePiece model");
  }
}

}  // namespace
}  // namespace weft
