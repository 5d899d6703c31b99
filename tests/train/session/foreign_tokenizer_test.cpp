// Of train/session/foreign_additions.h: whether files of a tokenizer say what the recipe's does.
#include "weft/train/session/foreign_tokenizer.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>

#include "tests/ops/expect_error.h"
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

TEST_F(ForeignTokenizer, AVocabularyOfWordPieceIsComparedWithItsSettings) {
  write("bert/vocab.txt", "[UNK]\nthe\nThe\n");
  write("theirs/vocab.txt", "[UNK]\r\nthe\r\nThe\r\n");
  write("theirs/tokenizer.json", "{}");
  const std::string bert = (folder_ / "bert").string();
  EXPECT_EQ(said(bert), "") << "however lines end";
  EXPECT_EQ(said(bert + "/vocab.txt"), "");
  EXPECT_EQ(said("bytes"), refused("vocab.txt", set()));
  write("theirs/tokenizer_config.json", R"({"do_lower_case": false})");
  EXPECT_EQ(said(bert), refused("vocab.txt", set()));
  write("bert/tokenizer_config.json", R"({"do_lower_case": false})");
  EXPECT_EQ(said(bert), "");
  write("theirs/vocab.txt", "[UNK]\nThe\nthe\n");
  EXPECT_EQ(said(bert), refused("vocab.txt", set()));
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

/// What is said where the recipe's vocabulary lies in theirs and they have a file beside it.
TEST_F(ForeignTokenizer, AddedTokensMustBeInTheVocabulary) {
  write("theirs/vocab.json", R"({"a": 0, "b": 1, "ab": 2})");
  write("theirs/merges.txt", "#version: 0.2\na b\n");
  const std::vector<std::pair<std::string, std::string>> files = {
      {"added_tokens.json", R"({"ab": 2, TOKEN: ID})"},
      {"tokenizer_config.json",
       R"({"added_tokens_decoder": {"2": {"content": "ab"}, "ID": {"content": TOKEN}}})"},
      {"tokenizer.json", R"({"added_tokens": [{"id": 2, "content": "ab"}, {"id": ID, "content": TOKEN}]})"}};
  for (const auto& [name, form] : files) {
    const auto with = [&, &name = name, &form = form](const std::string& token, const std::string& id) {
      std::string text = form;
      text.replace(text.find("TOKEN"), 5, "\"" + token + "\"");
      text.replace(text.find("ID"), 2, id);
      write("theirs/" + name, text);
      return said(mine());
    };
    EXPECT_EQ(with("b", "1"), "") << name;
    for (const auto& [token, id] : {std::pair("<pad>", "3"), std::pair("b", "0")}) {
      EXPECT_EQ(with(token, id),
                fmt::format("{}: adds the token \"{}\" as {}, which the recipe's tokenizer does not have, so "
                            "some texts would become other tokens",
                            (folder_ / "theirs" / name).string(), token, id));
    }
    fs::remove(folder_ / "theirs" / name);
  }
}

/// As transformers writes them for a vocabulary without its own.
TEST_F(ForeignTokenizer, SpecialTokensMayBeAdded) {
  write("theirs/vocab.json", R"({"a": 0, "b": 1, "ab": 2})");
  write("theirs/merges.txt", "#version: 0.2\na b\n");
  const std::string token = R"("content": "<|endoftext|>", "special": true)";
  write("theirs/tokenizer.json", R"({"added_tokens": [{"id": 3, )" + token + "}]}");
  write("theirs/tokenizer_config.json", R"({"added_tokens_decoder": {"3": {)" + token + "}}}");
  EXPECT_EQ(said(mine()), "");
  write("theirs/added_tokens.json", R"({"<|endoftext|>": 3})");
  EXPECT_NE(said(mine()), "");
  for (const char* map :
       {R"({"bos_token": "<|endoftext|>"})", R"({"unk_token": {"content": "<|endoftext|>"}})",
        R"({"additional_special_tokens": ["<s>", "<|endoftext|>"]})"}) {
    write("theirs/special_tokens_map.json", map);
    EXPECT_EQ(said(mine()), "") << map;
  }
}

TEST_F(ForeignTokenizer, NothingIsPutBeforeOrBehindATextThatTheRecipesDoesNotPutThere) {
  write("theirs/vocab.json", R"({"a": 0, "b": 1, "ab": 2})");
  write("theirs/merges.txt", "#version: 0.2\na b\n");
  for (const std::string key : {"add_prefix_space", "add_bos_token", "add_eos_token"}) {
    write("theirs/tokenizer_config.json", fmt::format(R"({{"model_max_length": 8, "{}": false}})", key));
    EXPECT_EQ(said(mine()), "");
    write("theirs/tokenizer_config.json", fmt::format(R"({{"{}": true}})", key));
    EXPECT_EQ(said(mine()),
              fmt::format("{}: {} is true, and the recipe's tokenizer adds nothing to a text, so "
                          "some texts would become other tokens",
                          (folder_ / "theirs/tokenizer_config.json").string(), key));
  }
  for (const char* other :
       {"", "[]", "1", R"({"added_tokens_decoder": [1]})", R"({"added_tokens_decoder": 1})"}) {
    write("theirs/tokenizer_config.json", other);
    write("theirs/special_tokens_map.json", R"({"bos_token": "<s>"})");
    EXPECT_EQ(said(mine()), "") << other;
  }
}

TEST_F(ForeignTokenizer, AnExportLiesBesideNoAdditions) {
  const std::vector<std::string> replaced{"vocab.json", "merges.txt"};
  const auto check = [&](const std::vector<std::string>& names) {
    expect_no_other_tokenizer(text_.recipe({"data.tokenizer=" + mine()}), folder_ / "theirs", names);
  };
  EXPECT_NO_THROW(check(replaced));
  write("theirs/added_tokens.json", R"({"<pad>": 3})");
  EXPECT_NO_THROW(check({})) << "no tokenizer is exported";
  testing::expect_user_error(
      [&] { check(replaced); },
      "added_tokens.json: adds the token \"<pad>\" as 3, which the recipe's tokenizer does not have, so "
      "transformers would read texts otherwise; remove the file, or export to another folder");
}

}  // namespace
}  // namespace weft
