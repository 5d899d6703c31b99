// weft train --try.
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/cli/command.h"

namespace weft::testing {
namespace {

class Trying : public Cli {};

TEST_F(Trying, DoesTwoStepsOfEverythingAndKeepsNothing) {
  const Outcome tried = run("train " + recipe() + " --try --set run.output=" + out() + " --set run.epochs=3");
  EXPECT_EQ(tried.code, 0) << tried.text;
  for (const char* part :
       {"step 2/2", "step 1  validation loss", "step 2  validation loss",
        "tried: steps, evaluations, checkpoints and the report work; the second of two steps took ",
        ", which makes roughly ", " steps, beside evaluations; later steps are often faster\n"}) {
    EXPECT_NE(tried.text.find(part), std::string::npos) << part << " is not in\n" << tried.text;
  }
  EXPECT_FALSE(fs::exists(out())) << "the run's own folder is left alone";
  const Outcome kept = run("train " + recipe() + " --try --out " + out());
  EXPECT_EQ(kept.code, 0) << kept.text;
  for (const char* name : {"report.html", "checkpoints/step-0000000001", "checkpoints/step-0000000002"}) {
    EXPECT_TRUE(fs::exists(fs::path(out()) / name)) << name;
  }
  EXPECT_EQ(content(out() + "/report.html").find("<blockquote>"), std::string::npos) << "no sample";
  EXPECT_NE(
      run("train " + recipe() + " --try --out " + out()).text.find("holds the checkpoints of an earlier run"),
      std::string::npos);
  EXPECT_EQ(run("train " + recipe() + " --try --set data.path=/none").code, 1);
}

TEST_F(Trying, KeepsNothingWhereItFailsEither) {
  const fs::path before = fs::current_path();
  fs::current_path(folder_);
  const std::string failing = "train " + recipe() + " --try --set optimizer.learning_rate=1e30";
  const Outcome tried = run(failing);
  const Outcome kept = run(failing + " --out " + out());
  const bool is_empty = fs::is_empty(folder_ / "runs");
  fs::current_path(before);
  EXPECT_EQ(tried.code, 1) << tried.text;
  EXPECT_NE(tried.text.find("is not finite"), std::string::npos) << tried.text;
  EXPECT_NE(tried.text.find("tried: it failed, and its folder runs/tiny-try-"), std::string::npos)
      << tried.text;
  EXPECT_NE(tried.text.find(" is removed; --out FOLDER keeps one\n"), std::string::npos) << tried.text;
  EXPECT_TRUE(is_empty) << tried.text;
  EXPECT_EQ(kept.text.find("tried: it failed"), std::string::npos) << kept.text;
  EXPECT_TRUE(fs::exists(fs::path(out()) / "report.html"));
}

}  // namespace
}  // namespace weft::testing
