// Of data/text/tokenizer/: training on the tokens of a SentencePiece model, made here by SentencePiece's own
// trainer.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sentencepiece_trainer.h>

#include <cmath>
#include <filesystem>
#include <fstream>

#include "tests/recipe/needs_kinds.h"
#include "tests/train/tiny_text.h"
#include "weft/base/check.h"
#include "weft/data/text/tokenizer.h"
#include "weft/report/metrics_log.h"
#include "weft/train/generation/generate.h"
#include "weft/train/session/foreign_tokenizer.h"
#include "weft/train/trainer.h"

namespace weft {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kPieces = 60;

class SentencePiece : public ::testing::Test {
 protected:
  void SetUp() override {
    NEEDS_KINDS("checkpoints", "gpt", "text", "language_modelling", "cross_entropy", "adamw", "constant",
                "sentencepiece");
  }
  SentencePiece() {
    std::ofstream text(text_.path());
    for (int i = 0; i < 400; ++i) {
      text << "the weaver throws the shuttle and the warp holds the weft, pick " << i % 37 << "\n";
    }
  }

  std::string model() const { return (folder_ / "pieces.model").string(); }
  void make_model() const {
    const auto status = sentencepiece::SentencePieceTrainer::Train(
        fmt::format("--input={} --model_prefix={} --vocab_size={} --model_type=bpe --minloglevel=2",
                    text_.path().string(), (folder_ / "pieces").string(), kPieces));
    ASSERT_TRUE(status.ok()) << status.ToString();
  }
  Recipe recipe(const std::string& tokenizer) const {
    return text_.recipe({"run.steps=40", "data.batch=8", "data.tokenizer=" + tokenizer});
  }
  std::string error_of(const std::string& tokenizer) const {
    try {
      Session session(recipe(tokenizer), Communicator::world());
    } catch (const UserError& error) {
      return error.what();
    }
    return {};
  }

  testing::TinyText text_;
  fs::path folder_ = text_.folder();
};

TEST_F(SentencePiece, AGptLearnsItsTokensAndSpeaksThem) {
  NEEDS_KINDS("metrics_log");
  make_model();
  Session session(recipe(model()), Communicator::world());
  EXPECT_EQ(session.data().tokenizer->vocabulary_size(), kPieces);
  const auto& table = session.executor().program().named.at("wte").where.global_type.shape;
  EXPECT_GE(table[0], kPieces);
  // Fewer tokens than bytes, and back again without loss.
  const std::string words = "the weaver holds the warp";
  const std::vector<int32_t> tokens = session.data().tokenizer->encode(words);
  EXPECT_LT(tokens.size(), words.size() / 2);
  EXPECT_EQ(session.data().tokenizer->decode(tokens), words);
  train(session, {.out = folder_ / "run", .trace = {}});
  const std::vector<MetricsRow> rows = read_metrics(folder_ / "run/metrics.jsonl");
  ASSERT_EQ(rows.size(), 40U);
  // The first loss is that of a guess among the pieces, not among 256 bytes.
  EXPECT_NEAR(rows.front().loss, std::log(kPieces), 0.3);
  EXPECT_LT(rows.back().loss, 0.8 * rows.front().loss);
  GenerateOptions options;
  options.prompt = "the weaver";
  options.tokens = 6;
  const std::string text = generate(session, options);
  EXPECT_FALSE(text.empty());
  EXPECT_EQ(text, generate(session, options)) << "the same seed";
}

TEST_F(SentencePiece, TokensThatOthersAddMustBeInTheModel) {
  make_model();
  fs::create_directories(folder_ / "theirs");
  fs::copy_file(model(), folder_ / "theirs/tokenizer.model");
  const auto said = [&](int64_t id) {
    std::ofstream(folder_ / "theirs/added_tokens.json") << fmt::format(R"({{"loom": {}}})", id);
    std::string text;
    compare_foreign_tokenizer(recipe(model()), folder_ / "theirs", [&](const auto& why) { text += why; });
    return text;
  };
  EXPECT_EQ(said(kPieces - 1), "");
  for (const int64_t id : {kPieces, int64_t{-1}}) {
    EXPECT_NE(said(id).find(fmt::format("adds the token \"loom\" as {}, which", id)), std::string::npos);
  }
}

TEST_F(SentencePiece, AModelThatIsMissingOrBrokenIsOneSentence) {
  EXPECT_EQ(error_of(model()), fmt::format("data.tokenizer: {} is no file", model()));
  std::ofstream(model()) << "these are not the pieces";
  EXPECT_EQ(error_of(model()), fmt::format("data.tokenizer: {} is no SentencePiece model", model()));
  std::ofstream(model()).close();
  EXPECT_EQ(error_of(model()), fmt::format("data.tokenizer: {} is no SentencePiece model", model()));
  make_model();
  fs::resize_file(model(), fs::file_size(model()) / 2);
  EXPECT_EQ(error_of(model()), fmt::format("data.tokenizer: {} is no SentencePiece model", model()));
}

}  // namespace
}  // namespace weft
