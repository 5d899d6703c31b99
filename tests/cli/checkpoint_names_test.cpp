// Of cli/command_files.cpp, cli/command_inspect.cpp: checkpoints by the names that people give them.
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/cli/command.h"

namespace weft::testing {
namespace {

TEST_F(Cli, TheBestCheckpointIsNamed) {
  ASSERT_EQ(
      run("train " + recipe() + " --out " + out() + " --set checkpoint.best=loss --set log.evaluate_every=1")
          .code,
      0);
  EXPECT_EQ(run("eval " + out() + " --checkpoint best").code, 0);
  fs::remove(fs::path(out()) / "checkpoints" / "best.json");
  EXPECT_EQ(run("eval " + out() + " --checkpoint best").text,
            "weft: --checkpoint best: no checkpoint of " + out() +
                " is marked as the best; checkpoint.best has one marked\n");
}

TEST_F(Cli, ACheckpointIsNamedByItsStep) {
  ASSERT_EQ(run("train " + recipe() + " --out " + out() +
                " --set checkpoint.best=loss --set log.evaluate_every=1 --set checkpoint.every=2 --set "
                "checkpoint.keep=5")
                .code,
            0);
  const std::string folder = out() + "/checkpoints/step-0000000004";
  for (const std::string& name : {std::string("4"), std::string("step-0000000004"), folder}) {
    const Outcome evaluated = run("eval " + out() + " --checkpoint " + name);
    EXPECT_EQ(evaluated.code, 0) << evaluated.text;
    EXPECT_NE(evaluated.text.find("checkpoint " + folder + "\n"), std::string::npos) << evaluated.text;
  }
  EXPECT_NE(run("generate " + out() + " --checkpoint 4 --tokens 1").text.find("checkpoint " + folder),
            std::string::npos);
  EXPECT_NE(run("export " + out() + " --checkpoint 4 --to " + out() + "-hf").text.find(folder + " exported"),
            std::string::npos);
  const Outcome missing = run("eval " + out() + " --checkpoint 7");
  EXPECT_EQ(missing.code, 1);
  EXPECT_NE(missing.text.find("--checkpoint 7: is none of the checkpoints of "), std::string::npos)
      << missing.text;
  const Outcome inspected = run("inspect " + out());
  EXPECT_EQ(inspected.text.find("# checkpoint of step "), 0U) << inspected.text;
  EXPECT_NE(inspected.text.find("# checkpoint of step 4"), std::string::npos) << inspected.text;
  EXPECT_NE(run("inspect " + out() + " --checkpoint 4").text.find("step 4\nadam.m.h.0.attn"),
            std::string::npos);
  EXPECT_EQ(run("inspect " + recipe() + " --checkpoint 4").text,
            "weft: inspect: --checkpoint is of a run, and " + recipe() + " is no folder of one\n");
  EXPECT_NE(inspected.text.find(" (best: loss "), std::string::npos) << inspected.text;
}

}  // namespace
}  // namespace weft::testing
