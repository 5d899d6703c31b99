#include "weft/train/session/launch.h"

#include "tests/ops/expect_error.h"
#include "weft/base/host_share.h"

namespace weft {
namespace {

using testing::expect_user_error;

TEST(Launch, AxesThatSplitNothingAreNoneOfTheMesh) {
  ParallelSection parallel;
  EXPECT_EQ(mesh_of(parallel).ranks(), 1);
  parallel.tensor = 2;
  parallel.data = 3;
  parallel.height = 2;
  EXPECT_EQ(mesh_of(parallel).to_string(), "data=3 height=2 tensor=2");
  EXPECT_EQ(mesh_of(parallel).ranks(), 12);
}

TEST(Launch, AMeshOfAnotherNumberOfRanksSaysHowToStart) {
  check_ranks(Mesh({{"data", 3}}), 3);
  expect_user_error(
      [] { check_ranks(Mesh(), 4); },
      "[parallel] splits nothing and this job has 4 ranks: set parallel.data=4, or start one rank");
  expect_user_error(
      [] {
        check_ranks(Mesh({{"data", 3}}), 1);
      },
      "[parallel] data=3 needs 3 ranks and this job has 1: start it with `weft launch -n 3 …`");
}

TEST(Launch, WhatRanksMakeOfTheOtherAxesIsParts) {
  ParallelSection parallel;
  parallel.data = 5;
  EXPECT_EQ(ranks_of_a_part(parallel), 1);
  EXPECT_EQ(data_parts(parallel, 3, "-n"), 3);
  parallel.tensor = 2;
  parallel.depth = 3;
  EXPECT_EQ(ranks_of_a_part(parallel), 6);
  EXPECT_EQ(data_parts(parallel, 12, "-n"), 2);
  expect_user_error(
      [&] { data_parts(parallel, 8, "--ranks"); },
      "--ranks 8: the mesh's axes beside data (depth=3 tensor=2) take 6 ranks, which does not divide it");
}

TEST(Launch, MoreThreadsThanCoresMustBeMeant) {
  const int share = share_of_cores();
  Recipe recipe;
  EXPECT_EQ(threads_for(recipe), share);
  recipe.run.threads = share;
  EXPECT_EQ(threads_for(recipe), share);
  recipe.run.threads = share + 1;
  expect_user_error(
      [&] { threads_for(recipe); },
      fmt::format("run.threads={}: this rank has {} core{}; set parallel.oversubscribe = true to "
                  "share cores all the same",
                  share + 1, share, share == 1 ? "" : "s"));
  recipe.parallel.oversubscribe = true;
  EXPECT_EQ(threads_for(recipe), share + 1);
}

TEST(Launch, MoreMemoryThanThereIsSaysWhatNeedsLess) {
  check_memory(1);
  const auto ask = [] { check_memory(int64_t{1} << 60); };
  expect_user_error(ask, "not enough memory: the plan needs 1073741824.00 GiB");
  expect_user_error(
      ask, " GiB are available; a smaller data.batch, more optimizer.accumulate or more hosts need less");
}

}  // namespace
}  // namespace weft
