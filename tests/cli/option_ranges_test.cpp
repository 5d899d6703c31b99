// Numbers of options that no command takes.
#include "tests/cli/command.h"

namespace weft::testing {
namespace {

using OptionRanges = Cli;

TEST_F(OptionRanges, ABenchOfDataTakesNoStepsOrTimesThatThereAreNot) {
  const auto usage = [&](const std::string& option, const std::string& sentence) {
    const Outcome outcome = run("data bench " + recipe() + " " + option);
    EXPECT_EQ(outcome.code, 2) << option;
    EXPECT_EQ(outcome.text, "weft: " + sentence + "; weft data --help tells more\n");
  };
  usage("--steps=-1", "--steps: expected an integer from 1 to 1000000000, got -1");
  usage("--steps 0", "--steps: expected an integer from 1 to 1000000000, got 0");
  usage("--steps 1e3", "--steps: expected an integer from 1 to 1000000000, got 1e3");
  usage("--compute nan", "--compute: expected a number in [0, 1000000], got nan");
  usage("--compute=-5", "--compute: expected a number in [0, 1000000], got -5");
  usage("--compute inf", "--compute: expected a number in [0, 1000000], got inf");
  usage("--epochs 0", "--epochs: expected an integer from 1 to 1000, got 0");
}

TEST_F(OptionRanges, RanksAndTokensToo) {
  EXPECT_EQ(
      run("plan " + recipe() + " --ranks 1000001").text,
      "weft: --ranks: expected an integer from 1 to 1000000, got 1000001; weft plan --help tells more\n");
  EXPECT_EQ(
      run("generate " + recipe() + " --tokens 0").text,
      "weft: --tokens: expected an integer from 1 to 1000000, got 0; weft generate --help tells more\n");
}

}  // namespace
}  // namespace weft::testing
