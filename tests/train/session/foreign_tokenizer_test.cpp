#include "weft/train/session/foreign_tokenizer.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>

#include "tests/recipe/needs_kinds.h"
#include "tests/train/tiny_text.h"

namespace weft {
namespace {

namespace fs = std::filesystem;

class ForeignTokenizer : public ::testing::Test {
 protected:
  void SetUp() override {
    NEEDS_KINDS("gpt", "text", "language_modelling", "cross_entropy", "adamw", "constant", "bytes");
    write("mine/vocab.json", R"({"a": 0, "b": 1, "ab": 2})");
    write("mine/merges.txt", "#version: 0.2\na b\n");
    fs::create_directories(folder_ / "theirs");
  }
  void write(const std::string& name, const std::string& text) const {
    fs::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name) << text;
  }
  /// What is said of theirs; empty: nothing.
  std::string said(const std::string& tokenizer) const {
    std::string text;
    compare_foreign_tokenizer(text_.recipe({"data.tokenizer=" + tokenizer}), folder_ / "theirs",
                              [&](const std::string& why) { text += why; });
    return text;
  }
  std::string mine() const { return (folder_ / "mine").string(); }
  std::string refused(const std::string& file, const std::string& cure) const {
    return fmt::format("{}: is not of the recipe's tokenizer, so every token would mean another (cure: {})",
                       (folder_ / "theirs" / file).string(), cure);
  }
  std::string set() const { return "--set data.tokenizer=" + (folder_ / "theirs").string(); }

  testing::TinyText text_;
  fs::path folder_ = text_.folder();
};

TEST_F(ForeignTokenizer, AFolderWithoutOneSaysNothing) {
  EXPECT_EQ(said("bytes"), "");
  EXPECT_EQ(said(mine()), "");
}

TEST_F(ForeignTokenizer, TheSameContentIsTheSame) {
  write("theirs/vocab.json", "{\n  \"ab\": 2,\n  \"b\": 1, \"a\": 0}\n");
  write("theirs/merges.txt", "a b\r\n");
  write("theirs/tokenizer.json", "{}");
  EXPECT_EQ(said(mine()), "");
  EXPECT_EQ(said((folder_ / "theirs").string()), "");
}

TEST_F(ForeignTokenizer, AnotherIsNamedWithItsCure) {
  write("theirs/vocab.json", R"({"a": 1, "b": 0, "ab": 2})");
  write("theirs/merges.txt", "#version: 0.2\na b\n");
  EXPECT_EQ(said("bytes"), refused("vocab.json", set()));
  EXPECT_EQ(said(mine()), refused("vocab.json", set()));
  write("theirs/vocab.json", R"({"a": 0, "b": 1, "ab": 2})");
  EXPECT_EQ(said(mine()), "");
  write("theirs/merges.txt", "#version: 0.2\nb a\n");
  EXPECT_EQ(said(mine()), refused("merges.txt", set()));
  write("theirs/vocab.json", "{");
  EXPECT_EQ(said(mine()), refused("vocab.json", set()));
}

TEST_F(ForeignTokenizer, ASentencePieceModelIsComparedByteByByte) {
  write("theirs/tokenizer.model", "pieces");
  write("spm.model", "pieces");
  EXPECT_EQ(said((folder_ / "spm.model").string()), "");
  write("spm.model", "others");
  const std::string refusal = refused("tokenizer.model", set() + "/tokenizer.model");
  EXPECT_EQ(said((folder_ / "spm.model").string()), refusal);
  EXPECT_EQ(said("bytes"), refusal);
  EXPECT_EQ(said(mine()), refusal);
}

TEST_F(ForeignTokenizer, ATokenizerJsonHoldsBytePairs) {
  const std::string refusal =
      refused("tokenizer.json", set() +
                                    " after tokenizer.backend_tokenizer.model.save(FOLDER), which writes "
                                    "vocab.json and merges.txt");
  for (const char* merges : {R"(["a b"])", R"([["a", "b"]])"}) {
    write("theirs/tokenizer.json",
          fmt::format(R"({{"model": {{"vocab": {{"a": 0, "b": 1, "ab": 2}}, "merges": {}}}}})", merges));
    EXPECT_EQ(said(mine()), "") << merges;
    EXPECT_EQ(said("bytes"), refusal);
  }
  for (const char* other : {"", "[]", "{}", R"({"model": 1})", R"({"model": {"vocab": {}, "merges": [1]}})",
                            R"({"model": {"vocab": {"a": 0, "b": 1, "ab": 2}, "merges": [["a", "b", "c"]]}})",
                            R"({"model": {"vocab": {"a": 0, "b": 1, "ab": 3}, "merges": ["a b"]}})"}) {
    write("theirs/tokenizer.json", other);
    EXPECT_EQ(said(mine()), refusal) << other;
  }
}

}  // namespace
}  // namespace weft
