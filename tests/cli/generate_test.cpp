// Of cli/command_run.cpp: weft generate, how tokens are drawn.
#include <pty.h>

#include "tests/cli/command.h"
#include "weft/base/printable.h"

namespace weft::testing {
namespace {

class Generate : public Cli {
 protected:
  void SetUp() override {
    Cli::SetUp();
    ASSERT_EQ(run("train " + recipe() + " --out " + out()).code, 0);
  }
  /// What it says with these options; the same on another call.
  std::string text(const std::string& options) const {
    const Outcome outcome = run("generate " + out() + " --prompt all --tokens 12 " + options);
    EXPECT_EQ(outcome.code, 0) << outcome.text;
    return outcome.text;
  }
};

TEST_F(Generate, DrawsFromTheSeedAndFromNothingElse) {
  const std::string usual = text("");
  EXPECT_EQ(text(""), usual);
  EXPECT_EQ(text("--seed 1337"), usual) << "the recipe's own";
  EXPECT_EQ(text("--top-k 0 --top-p 1"), usual) << "both off";
  EXPECT_NE(text("--seed 2"), usual);
  EXPECT_EQ(text("--seed 2"), text("--seed 2"));
}

/// What the command writes where its standard output is a terminal, whose lines end in \r\n.
std::string on_terminal(const std::string& command) {
  int terminal = -1;
  const pid_t child = forkpty(&terminal, nullptr, nullptr, nullptr);
  if (child == 0) {
    execl("/bin/sh", "sh", "-c", command.c_str(), nullptr);
    _exit(127);
  }
  std::string text;
  std::array<char, 4096> buffer;
  for (ssize_t got = 0; (got = read(terminal, buffer.data(), buffer.size())) > 0;)
    text.append(buffer.data(), static_cast<size_t>(got));
  close(terminal);
  waitpid(child, nullptr, 0);
  std::erase(text, '\r');
  return text;
}

TEST_F(Generate, BytesThatATerminalWouldObeyAreReadOnOneAndNowhereElse) {
  // All bytes are about equally likely, so of 400 many are none that text has.
  const std::string command =
      std::string(WEFT_BINARY) + " generate " + out() + " --tokens 400 --temperature 100 2>/dev/null";
  const fs::path file = folder_ / "generated";
  ASSERT_EQ(std::system((command + " > " + file.string()).c_str()), 0);
  const std::string raw = content(file);
  EXPECT_EQ(raw.size(), 1 + 400 + 1U) << "the prompt, a byte a token, and the line's end";
  EXPECT_NE(printable(raw), raw);
  EXPECT_EQ(on_terminal(command), printable(raw));
}

TEST_F(Generate, OneTokenToChooseFromIsTheLikeliest) {
  const std::string likeliest = text("--temperature 0");
  EXPECT_EQ(text("--top-k 1 --seed 5"), likeliest);
  EXPECT_EQ(text("--top-p 0 --seed 6"), likeliest);
  EXPECT_EQ(text("--temperature 100 --top-k 1"), likeliest);
}

TEST_F(Generate, SamplesAreNumberedAndTheFirstIsThatOfOne) {
  const std::string one = text("");
  const std::string three = text("--samples 3");
  const std::string one_checkpoint = one.substr(0, one.find('\n') + 1);  // on standard error
  EXPECT_EQ(three.substr(0, three.find("\nsample 2 of 3\n")),
            one_checkpoint + "sample 1 of 3\n" + one.substr(one_checkpoint.size()));
  const size_t second = three.find("sample 2 of 3\nall");
  const size_t third = three.find("sample 3 of 3\nall");
  ASSERT_NE(second, std::string::npos);
  ASSERT_NE(third, std::string::npos);
  EXPECT_NE(three.substr(second + 14, third - second - 15), three.substr(third + 14));
  EXPECT_NE(text("--samples 2 --temperature 0")
                .find("--temperature 0 takes the likeliest token each time, so all samples will be equal\n"),
            std::string::npos);
}

TEST_F(Generate, WhatCannotBeDrawnByIsASentenceAboutTheUsage) {
  const auto usage = [&](const std::string& option, const std::string& sentence) {
    const Outcome outcome = run("generate " + out() + " " + option);
    EXPECT_EQ(outcome.code, 2) << option;
    EXPECT_EQ(outcome.text, "weft: " + sentence + "; weft generate --help tells more\n");
  };
  usage("--top-p 1.5", "--top-p: expected a number in [0, 1], got 1.5");
  usage("--top-p nan", "--top-p: expected a number in [0, 1], got nan");
  usage("--top-p=-0.1", "--top-p: expected a number in [0, 1], got -0.1");
  usage("--top-p 0.5x", "--top-p: expected a number in [0, 1], got 0.5x");
  usage("--temperature nan", "--temperature: expected a number in [0, 100], got nan");
  usage("--temperature=-1", "--temperature: expected a number in [0, 100], got -1");
  usage("--temperature inf", "--temperature: expected a number in [0, 100], got inf");
  usage("--top-k=-1", "--top-k: expected an integer from 0 to 1000000000, got -1");
  usage("--top-k 257", "--top-k 257: the vocabulary has 256 tokens");
  usage("--top-k 1.5", "--top-k: expected an integer from 0 to 1000000000, got 1.5");
  usage("--seed=-3", "--seed: expected an integer from 0 to 9223372036854775807, got -3");
  usage("--seed 18446744073709551616",
        "--seed: expected an integer from 0 to 9223372036854775807, got 18446744073709551616");
  usage("--samples 0", "--samples: expected an integer from 1 to 1000000, got 0");
  EXPECT_EQ(run("generate " + out() + " --tokens 2 --top-k 256").code, 0);
}

}  // namespace
}  // namespace weft::testing
