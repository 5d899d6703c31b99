// Commands that read a run's folder and print, under mpirun: rank 0 does it, once.
#include <fmt/format.h>

#include "tests/jobs/job.h"

namespace weft::testing {
namespace {

class OneRank : public JobTest {
 protected:
  void prints_once(const std::string& arguments, const std::string& words) const {
    const Outcome outcome = run(2, arguments);
    EXPECT_EQ(outcome.code, 0) << outcome.text;
    EXPECT_EQ(count(outcome.text, words), 1) << arguments << "\n" << outcome.text;
  }
};

TEST_F(OneRank, PrintsAndWritesForAll) {
  ASSERT_EQ(run(1, train("run", {"run.steps=2"})).code, 0);
  const std::string of_run = folder("run").string();
  prints_once("report " + of_run, "report " + of_run + "/report.html\n");
  prints_once("inspect " + of_run, "kind = \"gpt\"\n");
  prints_once("export " + of_run + " --to " + folder("hf").string(),
              "/hf, without a tokenizer: the recipe's has no ");
  prints_once("plan " + of_run, "a step, without accumulation: ");
  prints_once("data make tokens --text " + folder("text.txt").string() + " --tokenizer bytes --out " +
                  folder("made.tokens").string(),
              "made.tokens");
}

TEST_F(OneRank, SaysOnceWhatIsWrong) {
  const Outcome outcome = run(2, "report " + folder("none").string());
  EXPECT_EQ(outcome.code, 1) << outcome.text;
  EXPECT_EQ(count(outcome.text, "none: there is no such folder of a run"), 1) << outcome.text;
}

}  // namespace
}  // namespace weft::testing
