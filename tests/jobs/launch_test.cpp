// weft launch: runs that fail go on, signals are handed on, and nothing is left behind.
#include <fmt/format.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "tests/jobs/job.h"
#include "weft/base/printable.h"

namespace weft::testing {
namespace {

constexpr Seconds kStart{30};
constexpr Seconds kEnd{30};

/// A process that nobody has taken in yet counts as gone: it runs no more.
bool is_alive(pid_t pid) {
  std::ifstream file(fmt::format("/proc/{}/stat", pid));
  std::string stat;
  if (!std::getline(file, stat)) return false;
  return stat[stat.rfind(')') + 2] != 'Z';
}

pid_t parent_of(pid_t pid) {
  std::ifstream file(fmt::format("/proc/{}/stat", pid));
  std::string stat;
  std::getline(file, stat);
  std::istringstream fields(stat.substr(stat.rfind(')') + 1));
  std::string state;
  pid_t parent = 0;
  fields >> state >> parent;
  return parent;
}

class Launch : public JobTest {
 protected:
  /// `weft launch OPTIONS train …` with a grace that wastes no time of the test.
  Job launch(const std::string& options, const std::string& command) const {
    return start(1, fmt::format("launch --grace 1 {} {}", options, command));
  }
  /// Both ranks of a job, once it trains.
  std::vector<pid_t> ranks_of(const Job& job, const std::string& run) const {
    EXPECT_TRUE(wait_until(kStart, [&] { return steps(run).size() > 3; })) << job.text();
    return {job.rank(0).value_or(0), job.rank(1).value_or(0)};
  }
  static void expect_gone(const std::vector<pid_t>& pids) {
    for (const pid_t pid : pids) EXPECT_TRUE(wait_until(Seconds(10), [&] { return !is_alive(pid); })) << pid;
  }
};

TEST_F(Launch, ARunWhoseRankIsKilledEndsAsIfItWereNot) {
  const std::vector<std::string> keys{"run.steps=600", "checkpoint.every=50", "model.dropout=0.1"};
  ASSERT_EQ(run(1, "launch -n 2 " + train("whole", keys)).code, 0);
  Job parts = launch("-n 2 --restarts 2", train("parts", keys));
  // The checkpoint of step 50 is whole once that of step 100 begins.
  ASSERT_TRUE(wait_until(kStart, [&] { return steps("parts").size() > 100; })) << parts.text();
  ASSERT_TRUE(parts.rank(1));
  kill(*parts.rank(1), SIGKILL);
  const std::optional<Outcome> outcome = parts.wait(Seconds(60));
  ASSERT_TRUE(outcome) << parts.text();
  EXPECT_EQ(outcome->code, 0) << outcome->text;
  EXPECT_EQ(
      count(outcome->text,
            "launch: a rank was ended by signal 9 (Killed); attempt 2 of 3, on 2 ranks, goes on from step "),
      1)
      << outcome->text;
  EXPECT_EQ(count(outcome->text, "resuming after step "), 1) << outcome->text;
  EXPECT_EQ(losses("parts"), losses("whole"));
  EXPECT_EQ(losses("whole").size(), 600U);
}

TEST_F(Launch, ARunThatMakesNoStepGoesOnWithFewerRanks) {
  ASSERT_EQ(run(1, train("run", {"run.steps=20"})).code, 0);
  Job job =
      launch("-n 2 --restarts 1 --min-ranks 1", "resume " + folder("run").string() + " --set run.steps=40");
  ASSERT_TRUE(wait_until(kStart, [&] { return job.rank(1).has_value(); })) << job.text();
  kill(*job.rank(1), SIGKILL);
  const std::optional<Outcome> outcome = job.wait(kEnd);
  ASSERT_TRUE(outcome) << job.text();
  EXPECT_EQ(outcome->code, 0) << outcome->text;
  EXPECT_EQ(count(outcome->text, "attempt 2 of 2, on 1 rank, goes on from step 20\n"), 1) << outcome->text;
  EXPECT_EQ(steps("run").size(), 40U);
}

TEST_F(Launch, ARunWhoseHostIsGoneGoesOnWithTheOthers) {
  // In the place of ssh: a "host" is this machine by another name, until the file `gone` is there.
  const std::filesystem::path agent = folder("agent");
  std::ofstream(agent) << fmt::format(
      "#!/bin/sh\nhost=$1; shift\n[ -e {} ] && exit 255\nexec unshare --uts -- sh -c \"hostname $host; "
      "$*\"\n",
      folder("gone").string());
  std::filesystem::permissions(agent, std::filesystem::perms::owner_all);
  if (std::system("unshare --uts true 2>/dev/null") != 0)
    GTEST_SKIP() << "needs root, for a host of another name";
  Job job(
      {fmt::format("env OMPI_MCA_plm_rsh_agent={} {} launch --grace 1 -n 2 --host localhost:1,elsewhere:1 "
                   "--restarts 1 --min-ranks 1 {}",
                   agent.string(), WEFT_BINARY, train("run", {"checkpoint.every=20"}))},
      folder("output"));
  ASSERT_TRUE(wait_until(kStart, [&] { return steps("run").size() > 40; })) << job.text();
  std::ofstream(folder("gone")) << "now";
  ASSERT_TRUE(job.rank(1)) << job.text();
  kill(*job.rank(1), SIGKILL);
  ASSERT_TRUE(wait_until(kStart, [&] { return count(job.text(), "resuming after step ") == 1; }))
      << job.text();
  EXPECT_EQ(count(job.text(), "launch: host elsewhere does not answer, and is left out\n"), 1) << job.text();
  EXPECT_EQ(count(job.text(), "attempt 2 of 2, on 1 rank, goes on from step "), 1) << job.text();
  kill(job.pid(), SIGTERM);
  const std::optional<Outcome> outcome = job.wait(kEnd);
  ASSERT_TRUE(outcome) << job.text();
  EXPECT_EQ(outcome->code, 143) << outcome->text;
}

TEST_F(Launch, OneCtrlCKeepsTheLastWholeStep) {
  Job job = launch("-n 2", train("run", {}));
  const std::vector<pid_t> ranks = ranks_of(job, "run");
  kill(job.pid(), SIGINT);
  const std::optional<Outcome> outcome = job.wait(kEnd);
  ASSERT_TRUE(outcome) << job.text();
  EXPECT_EQ(outcome->code, 130) << outcome->text;
  EXPECT_EQ(count(outcome->text, "interrupted after step"), 1) << outcome->text;
  // A copy of a step before may have been rescued while the last step was made.
  ASSERT_FALSE(checkpoints("run").empty());
  EXPECT_EQ(checkpoints("run").back(), fmt::format("step-{:010}", steps("run").back()));
  expect_gone(ranks);
}

TEST_F(Launch, StepsThatOutlastTheGraceOfMpirunAreWaitedFor) {
  // Ranks that are stopped stand for a long step; mpirun kills 2 s after a signal of its own.
  Job job = launch("-n 2", train("run", {"checkpoint.asynchronous=false"}));
  const std::vector<pid_t> ranks = ranks_of(job, "run");
  for (const pid_t rank : ranks) kill(rank, SIGSTOP);
  kill(job.pid(), SIGTERM);
  usleep(2'500'000);
  EXPECT_TRUE(job.running()) << job.text();
  for (const pid_t rank : ranks) kill(rank, SIGCONT);
  const std::optional<Outcome> outcome = job.wait(kEnd);
  ASSERT_TRUE(outcome) << job.text();
  EXPECT_EQ(outcome->code, 143) << outcome->text;
  ASSERT_EQ(checkpoints("run").size(), 1U);
  EXPECT_EQ(checkpoints("run").front(), fmt::format("step-{:010}", steps("run").back()));
}

TEST_F(Launch, ASecondSignalEndsRanksThatHangAtOnce) {
  Job job = launch("-n 2", train("run", {}));
  const std::vector<pid_t> ranks = ranks_of(job, "run");
  for (const pid_t rank : ranks) kill(rank, SIGSTOP);
  kill(job.pid(), SIGINT);
  ASSERT_TRUE(
      wait_until(kStart, [&] { return count(job.text(), "launch: the run ends after its step") == 1; }));
  kill(job.pid(), SIGINT);
  const std::optional<Outcome> outcome = job.wait(Seconds(10));
  ASSERT_TRUE(outcome) << job.text();
  EXPECT_EQ(outcome->code, 130) << outcome->text;
  expect_gone(ranks);
}

TEST_F(Launch, Usr1KeepsACheckpointAndTheRunGoesOn) {
  Job job = launch("", train("run", {}));  // one rank: no mpirun is between
  ASSERT_TRUE(wait_until(kStart, [&] { return steps("run").size() > 3; })) << job.text();
  kill(job.pid(), SIGUSR1);
  ASSERT_TRUE(wait_until(kStart, [&] { return checkpoints("run").size() == 1; })) << job.text();
  kill(job.pid(), SIGHUP);
  const std::optional<Outcome> outcome = job.wait(kEnd);
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->code, 129) << outcome->text;
}

TEST_F(Launch, ThatIsKilledLeavesNoRanks) {
  Job job = launch("-n 2", train("run", {}));
  std::vector<pid_t> ranks = ranks_of(job, "run");
  ranks.push_back(parent_of(ranks[0]));
  kill(job.pid(), SIGKILL);
  expect_gone(ranks);
}

TEST_F(Launch, AnMpirunThatIsKilledLeavesNoRanksAndTheRunGoesOn) {
  Job job = launch("-n 2 --restarts 1", train("run", {"checkpoint.every=50"}));
  const std::vector<pid_t> ranks = ranks_of(job, "run");
  ASSERT_TRUE(wait_until(kStart, [&] { return steps("run").size() > 100; })) << job.text();
  kill(parent_of(ranks[0]), SIGKILL);
  expect_gone(ranks);
  ASSERT_TRUE(wait_until(kStart, [&] { return count(job.text(), "resuming after step ") == 1; }))
      << job.text();
  EXPECT_EQ(count(job.text(), "attempt 2 of 2, on 2 ranks, goes on from step "), 1) << job.text();
  kill(job.pid(), SIGTERM);
  const std::optional<Outcome> outcome = job.wait(kEnd);
  ASSERT_TRUE(outcome) << job.text();
  EXPECT_EQ(outcome->code, 143) << outcome->text;
}

TEST_F(Launch, WhatTheRunSaysIsWrongIsNotTriedAgain) {
  const Outcome outcome = run(
      1, "launch --grace 1 -n 2 --restarts 3 " + train("run", {"checkpoint.every=5", "data.path=none.txt"}));
  EXPECT_EQ(outcome.code, 1) << outcome.text;
  EXPECT_EQ(count(outcome.text, "data.path: none.txt does not exist"), 1) << outcome.text;
  EXPECT_EQ(count(outcome.text, "launch: what the run says is wrong would be wrong again"), 1)
      << outcome.text;
}

// What Open MPI gives a rank for standard output is a terminal.
TEST_F(Launch, IntoAFileComesWhatOneRankWritesThere) {
  const Outcome trained =
      run(1, "launch -n 2 " + train("run", {"run.steps=4", "log.every=1", "log.sample_tokens=0"}));
  EXPECT_EQ(count(trained.text, "step 4/4  loss "), 1) << trained.text;
  EXPECT_EQ(trained.text.find_first_of("\x1b\r"), std::string::npos) << trained.text;
  const std::string generate = "generate " + folder("run").string() + " --tokens 64 2>/dev/null";
  const Outcome one = run(1, generate);
  EXPECT_NE(printable(one.text), one.text) << "some bytes are no text";
  EXPECT_EQ(run(1, "launch -n 2 " + generate).text, one.text);
}

TEST_F(Launch, MoreRanksThanSamplesAreSaid) {
  const auto says = [&](const std::string& run_name, const std::string& batch) {
    return run(1, "launch -n 3 " + train(run_name, {"run.steps=2", "data.batch=6", batch})).text;
  };
  const std::string words = " has 3 parts (parallel.data), with nothing to compute in ";
  EXPECT_EQ(count(says("batch", "data.batch=2"), "; a batch of 2 samples" + words + "1\n"), 1);
  EXPECT_EQ(count(says("micro", "optimizer.accumulate=6"), "; a microbatch of 1 sample" + words + "2\n"), 1);
  EXPECT_EQ(count(says("enough", "data.batch=3"), words), 0);
}

TEST_F(Launch, TheReportTellsSumsOfAStepFromThoseOfAnEvaluation) {
  ASSERT_EQ(run(1, "launch -n 2 " + train("run", {"run.steps=4", "log.evaluate_every=2"})).code, 0);
  std::ifstream file(folder("run") / "report.json");
  const std::string report{std::istreambuf_iterator<char>(file), {}};
  for (const char* name : {"all_reduce (forward and backward)", "all_reduce (evaluate)"})
    EXPECT_EQ(count(report, fmt::format("\"name\": \"{}\"", name)), 1) << name;
}

TEST_F(Launch, SaysWhatItWouldStart) {
  const Outcome outcome = run(1, "launch -n 3 --dry-run -- " + train("run", {"run.steps=5"}));
  EXPECT_EQ(outcome.code, 0) << outcome.text;
  EXPECT_EQ(count(outcome.text, " -n 3 --map-by slot:OVERSUBSCRIBE --bind-to none"), 1) << outcome.text;
  EXPECT_EQ(count(outcome.text, "--set run.steps=5 --set parallel.data=3\n"), 1) << outcome.text;
  EXPECT_EQ(count(outcome.text, "launch: -n 3 makes parallel.data 3, where the recipe says 1"), 1);
  EXPECT_FALSE(std::filesystem::exists(folder("run")));
  const Outcome unnamed =
      run(1, "launch --dry-run train " + folder("tiny.toml").string() + " --set run.name=nameless");
  EXPECT_EQ(count(unnamed.text,
                  "launch: without --out the run would make its folder runs/nameless-DATE, and launch tell "
                  "it to the ranks"),
            1)
      << unnamed.text;
}

TEST_F(Launch, ATrialOfSeveralRanksKeepsNothing) {
  const auto kept = [] {
    std::error_code error;
    int64_t folders = 0;
    for (const auto& entry : std::filesystem::directory_iterator("runs", error))
      folders += entry.path().filename().string().starts_with("unkept") ? 1 : 0;
    return folders;
  };
  const std::string trial = "launch -n 2 train " + folder("tiny.toml").string() +
                            " --try --set run.name=unkept --set parallel.oversubscribe=true";
  const Outcome tried = run(1, trial);
  EXPECT_EQ(tried.code, 0) << tried.text;
  EXPECT_EQ(count(tried.text, "tried: steps, evaluations, checkpoints and the report work; "), 1)
      << tried.text;
  EXPECT_EQ(kept(), 0);
  const Outcome failed = run(1, trial + " --set optimizer.learning_rate=1e30");
  EXPECT_EQ(failed.code, 1) << failed.text;
  EXPECT_EQ(count(failed.text, "tried: it failed, and its folder runs/unkept-try-"), 1) << failed.text;
  EXPECT_EQ(count(failed.text, "record of the run"), 0) << failed.text;
  EXPECT_EQ(kept(), 0);
}

TEST_F(Launch, RefusesWhatItCannotStart) {
  const std::string recipe = folder("tiny.toml").string();
  const auto says = [&](const std::string& arguments) { return run(1, "launch " + arguments).text; };
  EXPECT_EQ(says("-n 2"), "weft: launch: expected a command to start, as in weft launch -n 4 train RECIPE\n");
  EXPECT_EQ(says("-n 2 launch train " + recipe), "weft: launch: it starts any command but itself\n");
  EXPECT_EQ(says("--restarts 1 eval " + recipe),
            "weft: launch --restarts: eval keeps no checkpoints; expected train or resume\n");
  EXPECT_EQ(says("--min-ranks 3 -n 2 train " + recipe + " --set parallel.data=2"),
            "weft: launch --min-ranks 3: expected at most the 2 ranks that begin\n");
  EXPECT_EQ(
      says("-n 3 train " + recipe + " --set parallel.tensor=2"),
      "weft: launch -n 3: the mesh's axes beside data (tensor=2) take 2 ranks, which does not divide it\n");
  EXPECT_EQ(says("--host a --hostfile " + recipe + " train " + recipe),
            "weft: launch: --host and --hostfile both say where ranks start; expected one of them\n");
  const std::string hosts = folder("hosts").string();
  std::ofstream(hosts) << "a slots=2\nb\n";
  EXPECT_EQ(says("-n 2 --restarts 1 --hostfile " + hosts + " train " + recipe),
            "weft: " + hosts +
                ": b has no slots=N, without which a restart does not know what the other hosts can take\n");
  EXPECT_EQ(says("-n 2 resume nowhere"), "weft: nowhere: there is no such folder of a run\n");
  EXPECT_EQ(run(1, "launch trian x").code, 2);
  EXPECT_EQ(count(run(2, "launch train " + recipe).text,
                  "weft: launch: mpirun or srun started this; start launch once, and it starts the ranks"),
            1);
}

}  // namespace
}  // namespace weft::testing
