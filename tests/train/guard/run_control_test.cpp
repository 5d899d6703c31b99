#include "weft/train/guard/run_control.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <ctime>

#include "weft/train/guard/signals.h"

namespace weft {
namespace {

class RunControlTest : public ::testing::Test {
 protected:
  void TearDown() override {
    unsetenv("SLURM_JOB_END_TIME");
    unsetenv("SLURM_JOB_ID");
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2, SIGXCPU})
      std::signal(signal, SIG_DFL);
  }
  const Communicator world_ = Communicator::world();
  RunSection run_;
};

TEST_F(RunControlTest, EachSignalThatEndsARunIsToldByItsNumber) {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGUSR2, SIGXCPU}) {
    RunControl control(run_, world_);
    EXPECT_TRUE(control.goes_on());
    EXPECT_FALSE(control.agree(false, 0).end);
    std::raise(signal);
    EXPECT_FALSE(control.goes_on());
    const Orders orders = control.agree(false, 0);
    EXPECT_TRUE(orders.end);
    EXPECT_EQ(orders.signal, signal);
    EXPECT_FALSE(orders.checkpoint || orders.requeue || orders.is_late);
  }
}

TEST_F(RunControlTest, TheFirstSignalCounts) {
  RunControl control(run_, world_);
  std::raise(SIGTERM);
  std::raise(SIGINT);
  EXPECT_EQ(control.agree(false, 0).signal, SIGTERM);
}

TEST_F(RunControlTest, WhatIsIgnoredAtTheStartStaysIgnored) {
  std::signal(SIGHUP, SIG_IGN);  // as nohup has it
  RunControl control(run_, world_);
  std::raise(SIGHUP);
  EXPECT_TRUE(control.goes_on());
}

TEST_F(RunControlTest, Usr1KeepsACheckpointAsOftenAsItComes) {
  RunControl control(run_, world_);
  for (int i = 0; i < 3; ++i) {
    std::raise(SIGUSR1);
    const Orders orders = control.agree(false, 0);
    EXPECT_TRUE(orders.checkpoint);
    EXPECT_FALSE(orders.end);
    EXPECT_FALSE(control.agree(false, 0).checkpoint);
  }
  run_.usr1 = OnUsr1::requeue;
  std::raise(SIGUSR1);
  const Orders orders = control.agree(false, 0);
  EXPECT_TRUE(orders.end && orders.requeue && !orders.checkpoint);
  EXPECT_EQ(orders.signal, 0);
}

TEST_F(RunControlTest, AFailureEndsTheRun) {
  RunControl control(run_, world_);
  EXPECT_TRUE(control.agree(true, 0).end);
}

TEST_F(RunControlTest, TheDeadlineLeavesTimeForAStepAndACheckpoint) {
  run_.deadline = *Deadline::parse("1h");
  RunControl control(run_, world_);
  EXPECT_FALSE(control.agree(false, 3500e3).end);
  const Orders orders = control.agree(false, 3600e3);
  EXPECT_TRUE(orders.end && orders.is_late);
}

TEST_F(RunControlTest, SlurmsEndOfTheJobIsOneToo) {
  setenv("SLURM_JOB_END_TIME", fmt::format("{}", std::time(nullptr) + 100).c_str(), 1);
  run_.deadline = *Deadline::parse("1h");
  RunControl control(run_, world_);
  EXPECT_FALSE(control.agree(false, 50e3).end);
  EXPECT_TRUE(control.agree(false, 100e3).is_late);
}

TEST_F(RunControlTest, AnEndOfTheJobThatIsNoTimeIsSaid) {
  const auto said_of = [&](const char* text) {
    setenv("SLURM_JOB_END_TIME", text, 1);
    ::testing::internal::CaptureStderr();
    EXPECT_FALSE(RunControl({}, world_).end_time().has_value()) << text;
    return ::testing::internal::GetCapturedStderr();
  };
  for (const char* text : {"Unknown", "abc", "", "0", "-5", "1e9", "12 ", "2026-11-28T07:30:00",
                           "100000000000000000", "100000000000000000000"}) {
    EXPECT_EQ(said_of(text),
              fmt::format("warning: SLURM_JOB_END_TIME is \"{}\", expected seconds since 1970; the run does "
                          "not know when its job ends (run.deadline can say it)\n",
                          text));
  }
  unsetenv("SLURM_JOB_END_TIME");
  ::testing::internal::CaptureStderr();
  EXPECT_FALSE(RunControl({}, world_).end_time().has_value());
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
}

TEST_F(RunControlTest, WhatIsNoJobOfSlurmsIsNotRequeued) {
  EXPECT_FALSE(requeue_job());
  setenv("SLURM_JOB_ID", "12; touch /tmp/never", 1);
  EXPECT_FALSE(requeue_job());
}

}  // namespace
}  // namespace weft
