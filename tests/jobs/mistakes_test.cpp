// Mistakes that only a job of several ranks can make, and such as each of its ranks notices: said once.
#include <fmt/format.h>

#include <fstream>

#include "tests/jobs/job.h"

namespace weft::testing {
namespace {

class Mistakes : public JobTest {
 protected:
  /// Expects `sentence`, once, and no other from weft.
  void expect_sentence(int ranks, const std::vector<std::string>& keys, const std::string& sentence) const {
    SCOPED_TRACE(fmt::format("{}", fmt::join(keys, " ")));
    const Outcome outcome = run(ranks, train("run", keys));
    EXPECT_EQ(outcome.code, 1);
    EXPECT_EQ(count(outcome.text, "weft: " + sentence + "\n"), 1) << outcome.text;
    EXPECT_EQ(count(outcome.text, "weft: "), 1) << outcome.text;
  }
};

TEST_F(Mistakes, AMeshThatDoesNotMatchTheRanks) {
  expect_sentence(
      2, {}, "[parallel] splits nothing and this job has 2 ranks: set parallel.data=2, or start one rank");
  expect_sentence(2, {"parallel.data=3"},
                  "[parallel] data=3 needs 3 ranks and this job has 2: start it with `weft launch -n 3 …`");
  expect_sentence(1, {"parallel.tensor=2"},
                  "[parallel] tensor=2 needs 2 ranks and this job has 1: start it with `weft launch -n 2 …`");
}

TEST_F(Mistakes, AShapeThatCannotBeSplit) {
  expect_sentence(2, {"parallel.height=2"},
                  "--set parallel.height=2: parallel.height = 2 splits images, but data.kind is \"text\"");
}

TEST_F(Mistakes, DataThatIsNotThereOrEmpty) {
  const std::string none = folder("none").string();
  expect_sentence(2, {"parallel.data=2", "data.path=" + none},
                  fmt::format("data.path: {} does not exist; --set data.path=… says where it is", none));
  const std::string file = folder("empty.txt").string();
  std::ofstream(file).close();
  expect_sentence(
      1, {"data.path=" + file},
      fmt::format("data.path: {} holds no text (files with a zero byte are taken for binary)", file));
  std::filesystem::create_directory(folder("empty"));
  expect_sentence(1, {"data.path=" + folder("empty").string()},
                  fmt::format("data.path: {} holds no text (files with a zero byte are taken for binary)",
                              folder("empty").string()));
}

TEST_F(Mistakes, AnImportOfSeveralRanks) {
  const Outcome outcome =
      run(2, fmt::format("import {} --from {}", folder("tiny.toml").string(), folder("gpt2").string()));
  EXPECT_EQ(outcome.code, 1);
  EXPECT_EQ(count(outcome.text,
                  "weft: import: this job has 2 ranks, expected one; any mesh loads what it writes\n"),
            1)
      << outcome.text;
  EXPECT_EQ(count(outcome.text, "weft: "), 1) << outcome.text;
}

TEST_F(Mistakes, AMisspeltKeyNamesItsLineAndTheNearestKey) {
  std::ofstream(folder("tiny.toml"), std::ios::app) << "evaluate_evry = 3\n";
  const Outcome outcome = run(2, train("run", {"parallel.data=2"}));
  EXPECT_EQ(outcome.code, 1);
  EXPECT_EQ(count(outcome.text, "tiny.toml:23: "), 1) << outcome.text;
  EXPECT_EQ(count(outcome.text, "did you mean \"log.evaluate_every\"?"), 1) << outcome.text;
}

TEST_F(Mistakes, AFailureOfOneRankAloneIsSaidWithItsNumber) {
  // Only rank 1 has the wrong limit.
  const std::string weft =
      fmt::format("{} {}", WEFT_BINARY, train("run", {"parallel.data=2", "run.steps=5"}));
  Job job(fmt::format("{} --oversubscribe --bind-to none -n 1 {} : -n 1 -x WEFT_HANG_SECONDS=soon {}",
                      WEFT_MPIEXEC, weft, weft),
          folder("output"));
  const std::optional<Outcome> outcome = job.wait(Seconds(30));
  ASSERT_TRUE(outcome) << job.text();
  EXPECT_EQ(outcome->code, 1);
  EXPECT_EQ(count(outcome->text, "weft: rank 1: WEFT_HANG_SECONDS=soon:"), 1) << outcome->text;
}

}  // namespace
}  // namespace weft::testing
