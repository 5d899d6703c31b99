// What becomes of a job when one of its processes dies, is interrupted or stands still.
#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <cstdlib>
#include <numeric>

#include "tests/jobs/job.h"

namespace weft::testing {
namespace {

constexpr Seconds kStart{60};
/// That a job ends at all is tested here; docs/performance.md says how soon it did (a loaded machine is
/// slow).
constexpr Seconds kEnd{60};

class Failure : public JobTest {
 protected:
  /// A whole one.
  bool has_checkpoint(const std::string& run) const {
    return std::ranges::any_of(checkpoints(run),
                               [](const std::string& name) { return !name.ends_with(".tmp"); });
  }

  /// Waits until the run has a checkpoint and some steps behind it.
  void wait_for_checkpoint(const std::string& run, const Job& job) const {
    ASSERT_TRUE(wait_until(kStart, [&] { return has_checkpoint(run); })) << job.text();
    const size_t now = steps(run).size();
    ASSERT_TRUE(wait_until(kStart, [&] { return steps(run).size() > now + 3; })) << job.text();
  }

  /// Resumes for ten steps more than there are and expects every step once.
  void expect_to_go_on(const std::string& run, int ranks, const std::string& mesh) const {
    ASSERT_FALSE(steps(run).empty());
    const int64_t end = steps(run).back() + 10;
    const Outcome resumed =
        JobTest::run(ranks, train(run, {mesh, fmt::format("run.steps={}", end), "checkpoint.resume=true"}));
    EXPECT_EQ(resumed.code, 0) << resumed.text;
    EXPECT_EQ(count(resumed.text, "resuming after step"), 1) << resumed.text;
    std::vector<int64_t> expected(static_cast<size_t>(end));
    std::iota(expected.begin(), expected.end(), 1);
    EXPECT_EQ(steps(run), expected);
  }
};

TEST_F(Failure, AKilledRankEndsTheJobAndTheNextStartGoesOn) {
  Job job = start(2, train("run", {"parallel.data=2", "checkpoint.every=20"}));
  wait_for_checkpoint("run", job);
  const std::optional<pid_t> victim = job.rank(1);
  ASSERT_TRUE(victim) << job.text();
  kill(*victim, SIGKILL);
  const std::optional<Outcome> outcome = job.wait(kEnd);
  ASSERT_TRUE(outcome) << "still running after " << kEnd.count() << " s";
  EXPECT_NE(outcome->code, 0);
  expect_to_go_on("run", 2, "parallel.data=2");
}

TEST_F(Failure, ControlCAtTheLauncherKeepsACheckpoint) {
  // An interrupted mpirun kills its ranks after so many seconds, by itself after one: too short for a loaded
  // machine under a sanitizer.
  setenv("OMPI_MCA_odls_base_sigkill_timeout", "5", 1);
  Job job = start(2, train("run", {"parallel.data=2"}));
  unsetenv("OMPI_MCA_odls_base_sigkill_timeout");
  ASSERT_TRUE(wait_until(kStart, [&] { return steps("run").size() > 3; })) << job.text();
  kill(job.pid(), SIGINT);
  const std::optional<Outcome> outcome = job.wait(kEnd);
  ASSERT_TRUE(outcome);
  // Not 130: an interrupted mpirun (Open MPI 4.1) ends with 1, whatever its ranks end with.
  EXPECT_NE(outcome->code, 0);
  EXPECT_EQ(count(outcome->text, ": go on with weft resume " + folder("run").string() + "\n"), 1)
      << outcome->text;
  // Where the step that it came in took long, the copy that was at hand was kept as well.
  ASSERT_FALSE(checkpoints("run").empty());
  EXPECT_EQ(checkpoints("run").back(), fmt::format("step-{:010}", steps("run").back()));
  EXPECT_TRUE(std::filesystem::exists(folder("run") / "report.html"));
  expect_to_go_on("run", 2, "parallel.data=2");
}

TEST_F(Failure, AnInterruptOfOneRankEndsAllOfThemWith130) {
  Job job = start(2, train("run", {"parallel.data=2"}));
  ASSERT_TRUE(wait_until(kStart, [&] { return steps("run").size() > 3; })) << job.text();
  const std::optional<pid_t> one = job.rank(1);
  ASSERT_TRUE(one);
  kill(*one, SIGINT);
  const std::optional<Outcome> outcome = job.wait(kEnd);
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->code, 130) << outcome->text;
  EXPECT_FALSE(checkpoints("run").empty());
  EXPECT_TRUE(std::filesystem::exists(folder("run") / "report.html"));
}

TEST_F(Failure, ARankThatStandsStillIsNoticedByTheOthers) {
  // Longer than a loaded disk takes to sync a checkpoint, while the other rank waits.
  setenv("WEFT_HANG_SECONDS", "5", 1);
  Job job = start(2, train("run", {"parallel.data=2", "checkpoint.every=200"}));
  unsetenv("WEFT_HANG_SECONDS");
  wait_for_checkpoint("run", job);
  const std::optional<pid_t> victim = job.rank(1);
  ASSERT_TRUE(victim);
  kill(*victim, SIGSTOP);
  const std::optional<Outcome> outcome = job.wait(kEnd);
  ASSERT_TRUE(outcome) << job.text();
  EXPECT_NE(outcome->code, 0);
  // Which collective it is depends on where the rank was stopped; every one of them is named.
  EXPECT_NE(outcome->text.find("weft: rank 0: no instruction ended for 5 s; it is in"), std::string::npos)
      << outcome->text;
  // Once, or twice where the launcher wakes the stopped rank to end it and its own watch speaks first.
  EXPECT_GE(count(outcome->text, "waiting for all_reduce (") + count(outcome->text, "(all_reduce)") +
                count(outcome->text, "(all_gather)"),
            1)
      << outcome->text;
  expect_to_go_on("run", 2, "parallel.data=2");
}

TEST_F(Failure, ALimitThatIsNoNumberIsOneSentence) {
  setenv("WEFT_HANG_SECONDS", "soon", 1);
  const Outcome outcome = run(1, train("run", {"run.steps=1"}));
  unsetenv("WEFT_HANG_SECONDS");
  EXPECT_EQ(outcome.code, 1);
  EXPECT_EQ(outcome.text, "weft: WEFT_HANG_SECONDS=soon: expected a number of seconds, or 0 for no limit\n");
}

}  // namespace
}  // namespace weft::testing
