// Signals and deadlines, as schedulers and people send them: the run ends in time, keeps a checkpoint, and
// says how.
#include <fmt/format.h>

#include <csignal>
#include <fstream>

#include "tests/jobs/job.h"

namespace weft::testing {
namespace {

constexpr Seconds kStart{30};
constexpr Seconds kEnd{30};

class Signals : public JobTest {};

TEST_F(Signals, EachEndsTheRunWithItsOwnCodeAndACheckpoint) {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGUSR2, SIGXCPU}) {
    SCOPED_TRACE(signal);
    const std::string run = fmt::format("run{}", signal);
    Job job = start(1, train(run, {}));
    ASSERT_TRUE(wait_until(kStart, [&] { return steps(run).size() > 3; })) << job.text();
    kill(job.pid(), signal);
    const std::optional<Outcome> outcome = job.wait(kEnd);
    ASSERT_TRUE(outcome) << job.text();
    EXPECT_EQ(outcome->code, 128 + signal) << outcome->text;
    EXPECT_EQ(count(outcome->text, "interrupted after step"), 1) << outcome->text;
    ASSERT_EQ(checkpoints(run).size(), 1U);
    EXPECT_EQ(checkpoints(run).front(), fmt::format("step-{:010}", steps(run).back()));
  }
}

TEST_F(Signals, Usr1KeepsACheckpointAndTheRunGoesOn) {
  Job job = start(1, train("run", {}));
  ASSERT_TRUE(wait_until(kStart, [&] { return steps("run").size() > 3; })) << job.text();
  kill(job.pid(), SIGUSR1);
  ASSERT_TRUE(wait_until(kStart, [&] { return checkpoints("run").size() == 1; })) << job.text();
  const size_t then = steps("run").size();
  EXPECT_TRUE(wait_until(kStart, [&] { return steps("run").size() > then + 3; })) << "it went on";
  kill(job.pid(), SIGTERM);
  const std::optional<Outcome> outcome = job.wait(kEnd);
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->code, 143) << outcome->text;
}

TEST_F(Signals, Usr1ThatRequeuesEndsTheRunAndIsNamed) {
  Job job = start(1, train("run", {"run.usr1=requeue"}));
  ASSERT_TRUE(wait_until(kStart, [&] { return steps("run").size() > 3; })) << job.text();
  kill(job.pid(), SIGUSR1);
  const std::optional<Outcome> outcome = job.wait(kEnd);
  ASSERT_TRUE(outcome) << job.text();
  EXPECT_EQ(checkpoints("run").size(), 1U);
  std::ifstream file(folder("run") / "report.json");
  const std::string record{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  EXPECT_EQ(count(record, R"(SIGUSR1 (run.usr1 = \"requeue\"))"), 1) << record;
}

TEST_F(Signals, ADeadlineEndsTheRunInTime) {
  const auto began = std::chrono::steady_clock::now();
  const Outcome outcome = run(2, train("run", {"parallel.data=2", "run.deadline=6s"}));
  EXPECT_LT(std::chrono::steady_clock::now() - began, Seconds(12)) << outcome.text;
  EXPECT_EQ(outcome.code, 143) << outcome.text;
  EXPECT_EQ(count(outcome.text,
                  ", because its time is over: go on with weft resume " + folder("run").string() + "\n"),
            1)
      << outcome.text;
  EXPECT_EQ(checkpoints("run").size(), 1U);
}

TEST_F(Signals, ADeadlineThatIsPastLetsNoStepBegin) {
  const std::string late = "run.deadline=2020-01-01T00:00";
  const std::string said = "no step is made: the time that run.deadline or Slurm's job gives is over; ";
  Outcome outcome = run(2, train("run", {"parallel.data=2", late}));
  EXPECT_EQ(outcome.code, 143) << outcome.text;
  EXPECT_EQ(count(outcome.text, said), 1) << outcome.text;
  EXPECT_TRUE(checkpoints("run").empty());
  EXPECT_TRUE(std::filesystem::exists(folder("run") / "report.html"));
  const std::string more = "resume " + folder("run").string();
  ASSERT_EQ(run(2, more + " --set run.steps=3 --set run.deadline=1h").code, 0);
  outcome = run(2, more + " --set run.steps=9 --set " + late);
  EXPECT_EQ(outcome.code, 143) << outcome.text;
  EXPECT_EQ(count(outcome.text, said), 1) << outcome.text;
  EXPECT_EQ(count(outcome.text, "interrupted after step 3, because its time is over"), 1) << outcome.text;
  EXPECT_EQ(checkpoints("run").size(), 1U);
  EXPECT_EQ(steps("run").size(), 3U);
}

TEST_F(Signals, AnEvaluationIsNotWaitedFor) {
  // All of the text, a window at a time, after every step.
  Job job =
      start(1, train("run", {"log.evaluate_every=1", "log.evaluate_batches=0", "data.batch=1",
                             "data.context=4", "data.validation=0.9", "model.width=64", "model.layers=4"}));
  ASSERT_TRUE(wait_until(kStart, [&] { return std::filesystem::exists(folder("run") / "lock"); }))
      << job.text();
  usleep(500'000);
  kill(job.pid(), SIGTERM);
  const std::optional<Outcome> outcome = job.wait(Seconds(5));
  ASSERT_TRUE(outcome) << "still evaluating";
  EXPECT_EQ(outcome->code, 143) << outcome->text;
  EXPECT_EQ(checkpoints("run").size(), 1U);
}

TEST_F(Signals, ASampleIsCutShortAndTheRunHasFinished) {
  Job job = start(1, train("run", {"run.steps=2", "log.sample_tokens=1000000000"}));
  ASSERT_TRUE(wait_until(kStart, [&] { return checkpoints("run").size() == 1; })) << job.text();
  usleep(300'000);
  kill(job.pid(), SIGTERM);
  const std::optional<Outcome> outcome = job.wait(Seconds(5));
  ASSERT_TRUE(outcome) << "still generating";
  EXPECT_EQ(outcome->code, 0) << outcome->text;
  EXPECT_EQ(count(outcome->text, "the sample ends after "), 1) << outcome->text;
  EXPECT_EQ(count(outcome->text, " of 1000000000 tokens, as a signal or the deadline asks"), 1)
      << outcome->text;
}

TEST_F(Signals, AStepThatIsInterruptedBetweenMicrobatchesLeavesNothing) {
  // Steps of many microbatches; the run that goes on must be that of no interrupt, to the last bit.
  const std::vector<std::string> keys{"data.batch=600", "optimizer.accumulate=300", "run.steps=6"};
  ASSERT_EQ(run(1, train("whole", keys)).code, 0);
  Job job = start(1, train("parts", keys));
  ASSERT_TRUE(wait_until(kStart, [&] { return steps("parts").size() == 2; })) << job.text();
  kill(job.pid(), SIGTERM);
  const std::optional<Outcome> outcome = job.wait(kEnd);
  ASSERT_TRUE(outcome);
  std::vector<std::string> on = keys;
  on.emplace_back("checkpoint.resume=true");
  ASSERT_EQ(run(1, train("parts", on)).code, 0);
  EXPECT_EQ(losses("parts"), losses("whole"));
  EXPECT_EQ(losses("whole").size(), 6U);
}

TEST_F(Signals, TwoRunsDoNotShareAFolder) {
  Job first = start(1, train("run", {}));
  ASSERT_TRUE(wait_until(kStart, [&] { return steps("run").size() > 3; })) << first.text();
  const Outcome second = run(1, train("run", {"run.steps=2"}));
  EXPECT_EQ(second.code, 1);
  EXPECT_EQ(count(second.text, "another run writes there now (process "), 1) << second.text;
  EXPECT_TRUE(first.running());
  kill(first.pid(), SIGKILL);
  first.wait(kEnd);
  const Outcome third = run(1, train("run", {"run.steps=2"}));
  EXPECT_EQ(third.code, 0) << third.text;
}

}  // namespace
}  // namespace weft::testing
