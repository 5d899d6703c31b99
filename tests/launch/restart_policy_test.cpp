#include "weft/launch/restart_policy.h"

#include <gtest/gtest.h>

#include <csignal>

#include "weft/base/exit_code.h"

namespace weft {
namespace {

constexpr int kKilled = 128 + SIGKILL;

ParallelSection mesh(int64_t data, int64_t tensor = 1) {
  ParallelSection parallel;
  parallel.data = data;
  parallel.tensor = tensor;
  return parallel;
}

Decision after(const std::vector<Attempt>& attempts, RestartLimits limits = {3, 0}, int64_t tensor = 1) {
  return after_attempt(attempts, limits, mesh(attempts[0].ranks / tensor, tensor));
}

TEST(RestartPolicy, StartsAgainWhereARankWasKilled) {
  for (const int signal : {SIGKILL, SIGSEGV, SIGBUS, SIGABRT, SIGFPE}) {
    const Decision decision = after({{4, 128 + signal, 10, 17}});
    EXPECT_TRUE(decision.restart) << signal;
    EXPECT_EQ(decision.ranks, 4);
  }
  EXPECT_EQ(after({{4, kKilled, 10, 17}}).why, "a rank was ended by signal 9 (Killed)");
}

TEST(RestartPolicy, StartsAgainWhereTheLauncherFailed) {
  EXPECT_TRUE(after({{4, 1, 10, 17}}).restart);
  EXPECT_TRUE(after({{4, 70, 10, 17}}).restart);
  EXPECT_EQ(after({{4, 70, 10, 17}}).why, "a rank found a bug of Weft's own");
  EXPECT_EQ(after({{4, 9, 10, 17}}).why, "the job ended with code 9");
}

TEST(RestartPolicy, DoesNotTryAgainWhatTheRunSaysIsWrong) {
  for (const int code : {2, kUserErrorOfRank}) {
    const Decision decision = after({{4, code, 0, 5}});
    EXPECT_FALSE(decision.restart) << code;
    EXPECT_EQ(decision.why, "what the run says is wrong would be wrong again");
  }
}

TEST(RestartPolicy, DoesNotTryAgainWhatWasAskedToEnd) {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGUSR2, SIGXCPU}) {
    const Decision decision = after({{4, 128 + signal, 0, 5}});
    EXPECT_FALSE(decision.restart) << signal;
    EXPECT_EQ(decision.why, "the run was asked to end");
  }
}

TEST(RestartPolicy, EndsWhenItsRestartsAreUsedUp) {
  const std::vector<Attempt> attempts{{2, kKilled, 0, 5}, {2, kKilled, 5, 9}};
  EXPECT_TRUE(after(attempts, {2, 0}).restart);
  const Decision decision = after(attempts, {1, 0});
  EXPECT_FALSE(decision.restart);
  EXPECT_EQ(decision.why, "a rank was ended by signal 9 (Killed); 1 of 1 restarts are used up");
  EXPECT_EQ(after({{2, kKilled, 0, 5}}, {0, 0}).why, "a rank was ended by signal 9 (Killed)");
}

TEST(RestartPolicy, EndsWhereTwoAttemptsCameToTheSameStep) {
  const Decision decision = after({{2, kKilled, 5, 9}, {2, kKilled, 5, 9}});
  EXPECT_FALSE(decision.restart);
  EXPECT_EQ(decision.why,
            "a rank was ended by signal 9 (Killed); two attempts in a row ended after step 9, so another "
            "would too");
  EXPECT_TRUE(after({{2, kKilled, 5, 9}, {2, kKilled, 5, 8}}).restart);
  EXPECT_TRUE(after({{2, kKilled, 0, 9}, {2, kKilled, 5, 9}}).restart) << "it has a newer checkpoint";
}

TEST(RestartPolicy, GoesOnWithFewerRanksWhereItMay) {
  EXPECT_EQ(after({{4, kKilled, 5, 9}}, {3, 2}).ranks, 4) << "it made steps: all ranks were there";
  EXPECT_EQ(after({{4, 1, 5, 5}}, {3, 2}).ranks, 3) << "no step at all: one may be gone";
  EXPECT_EQ(after({{4, kKilled, 5, 9}, {4, kKilled, 5, 9}}, {3, 2}).ranks, 3);
  EXPECT_EQ(after({{4, 1, 5, 5}}, {3, 2}, 2).ranks, 2) << "the other axes stay whole";
  EXPECT_EQ(after({{2, 1, 5, 5}}, {3, 2}).ranks, 2) << "not fewer than asked for";
  EXPECT_FALSE(after({{2, 1, 5, 5}, {2, 1, 5, 5}}, {3, 2}).restart);
}

TEST(RestartPolicy, TakesNoMoreRanksThanThereAreSlots) {
  const Decision four{true, 4, "why"};
  EXPECT_EQ(with_slots(four, 4, {1, 0}, mesh(4)).ranks, 4);
  EXPECT_EQ(with_slots(four, 3, {1, 2}, mesh(4)).ranks, 3);
  EXPECT_EQ(with_slots(four, 3, {1, 2}, mesh(2, 2)).ranks, 2);
  EXPECT_EQ(with_slots(four, 3, {1, 0}, mesh(4)).why,
            "why; the hosts that answer have 3 slots for 4 ranks, and --min-ranks is not given");
  const Decision none = with_slots(four, 1, {1, 2}, mesh(4));
  EXPECT_FALSE(none.restart);
  EXPECT_EQ(none.why, "why; the hosts that answer have 1 slots for 4 ranks, and --min-ranks is 2");
  EXPECT_FALSE(with_slots({false, 0, "why"}, 9, {1, 2}, mesh(4)).restart);
}

TEST(FewerRanks, KeepTheOtherAxes) {
  EXPECT_EQ(fewer_ranks(mesh(4), 4, 1), 3);
  EXPECT_EQ(fewer_ranks(mesh(4, 2), 8, 1), 6);
  EXPECT_EQ(fewer_ranks(mesh(1, 2), 2, 1), 0);
  EXPECT_EQ(fewer_ranks(mesh(2), 2, 2), 0);
  EXPECT_EQ(fewer_ranks(mesh(1), 1, 1), 0);
}

}  // namespace
}  // namespace weft
