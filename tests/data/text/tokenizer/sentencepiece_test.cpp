// A SentencePiece model made here: its pieces are the tokens, and text comes back.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sentencepiece_trainer.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "weft/base/check.h"
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

  static constexpr const char* kLine = "she sells sea shells by the sea shore";
  fs::path folder_;
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
  EXPECT_GT(read_corpus(folder_ / "text.txt", *tokenizer, "data.path").size(), 300 * tokens.size() / 2);
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
