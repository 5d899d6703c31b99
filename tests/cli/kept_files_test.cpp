// Of cli/job_recipe.cpp, train/folder/: a run's folder has what a trained network needs beside its weights.
#include <gtest/gtest.h>

#include "tests/cli/command.h"
#include "tests/train/byte_pairs_folder.h"
#include "weft/base/text_file.h"

namespace weft::testing {
namespace {

TEST_F(Cli, ATokenizerThatIsGoneIsTakenFromTheRun) {
  NEEDS_KINDS("byte_pairs");
  const fs::path pairs = folder_ / "pairs";
  write_byte_pairs(pairs);
  std::ofstream(pairs / "model.safetensors") << "weights of another network";
  // As a shell completes the name of a folder.
  const Outcome trained =
      run("train " + recipe() + " --out " + out() + " --set data.tokenizer=" + pairs.string() + "/");
  ASSERT_EQ(trained.code, 0) << trained.text;
  const fs::path kept = fs::path(out()) / "files/pairs";
  EXPECT_TRUE(fs::exists(kept / "vocab.json") && fs::exists(kept / "merges.txt"));
  EXPECT_FALSE(fs::exists(kept / "model.safetensors"));
  const std::string text = run("generate " + out() + " --tokens 9 --prompt all").text;
  std::ofstream(pairs / "merges.txt") << "no longer what it was\n";
  EXPECT_EQ(run("generate " + out() + " --tokens 9 --prompt all").text, text);
  fs::remove_all(pairs);
  const std::string moved = (folder_ / "moved").string();
  fs::rename(out(), moved);
  const std::string again = run("generate " + moved + " --tokens 9 --prompt all").text;
  EXPECT_EQ(again.substr(again.find('\n')), text.substr(text.find('\n')));
  EXPECT_EQ(run("eval " + moved).code, 0);
  ASSERT_EQ(run("export " + moved + " --to " + (folder_ / "hf").string()).code, 0);
  EXPECT_TRUE(fs::exists(folder_ / "hf/merges.txt"));
  const Outcome resumed = run("resume " + moved + " --set run.steps=8");
  EXPECT_EQ(resumed.code, 0) << resumed.text;
  const std::string twice = (folder_ / "twice").string();
  fs::rename(moved, twice);
  EXPECT_EQ(run("resume " + twice + " --set run.steps=9").code, 0);
}

TEST_F(Cli, SettingsBesideAVocabularyAreKeptWithIt) {
  NEEDS_KINDS("wordpiece");
  const fs::path bert = folder_ / "bert";
  fs::create_directories(bert);
  std::ofstream vocabulary(bert / "vocab.txt");
  vocabulary << "[UNK]\n";
  for (char letter = 'A'; letter <= 'z'; ++letter) vocabulary << letter << "\n##" << letter << "\n";
  vocabulary.close();
  const std::string settings = R"({"do_lower_case": false})";
  std::ofstream(bert / "tokenizer_config.json") << settings;
  std::ofstream(bert / "config.json") << "of another network";
  const Outcome trained = run("train " + recipe() + " --out " + out() +
                              " --set log.prompt=ALL --set data.tokenizer=" + (bert / "vocab.txt").string());
  ASSERT_EQ(trained.code, 0) << trained.text;
  const fs::path kept = fs::path(out()) / "files";
  EXPECT_TRUE(fs::exists(kept / "vocab.txt"));
  EXPECT_EQ(read_text(kept / "tokenizer_config.json", "copy"), settings);
  EXPECT_FALSE(fs::exists(kept / "config.json"));
  const std::string text = run("generate " + out() + " --tokens 9 --prompt ALL").text;
  fs::remove_all(bert);
  EXPECT_EQ(run("generate " + out() + " --tokens 9 --prompt ALL").text, text);
}

}  // namespace
}  // namespace weft::testing
