#include "weft/base/threads.h"
#include "weft/base/cores.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace weft {
namespace {

/// Restores the number of threads, which belongs to the process.
class Threads : public testing::Test {
 protected:
  ~Threads() override { set_threads(before_); }

 private:
  int before_ = threads();
};

TEST_F(Threads, ParallelForCoversEachIndexOnce) {
  for (const int count_of_threads : {1, 2, 3, 7}) {
    set_threads(count_of_threads);
    for (const int64_t count : {0, 1, 2, 3, 5, 64, 1001}) {
      for (const int64_t grain : {0, 1, 4, 1000, 5000}) {
        std::vector<std::atomic<int>> visits(count);
        parallel_for(count, grain, [&](int64_t begin, int64_t end) {
          for (int64_t i = begin; i < end; ++i) ++visits[i];
        });
        for (int64_t i = 0; i < count; ++i) {
          ASSERT_EQ(visits[i], 1) << i << " of " << count << ", grain " << grain;
        }
      }
    }
  }
}

TEST_F(Threads, PiecesAreAtLeastAGrainLongAndNoMoreThanThreads) {
  set_threads(4);
  for (const int64_t count : {9, 10, 40, 41, 1000}) {
    std::mutex mutex;
    std::vector<std::pair<int64_t, int64_t>> pieces;
    parallel_for(count, 10, [&](int64_t begin, int64_t end) {
      const std::lock_guard lock(mutex);
      pieces.emplace_back(begin, end);
    });
    EXPECT_LE(pieces.size(), 4u);
    for (const auto& [begin, end] : pieces) EXPECT_GE(end - begin, count < 10 ? count : 10);
  }
}

/// How a forked process ends that visits a range, and whether its own threads, which have pools of their own,
/// can.
int end_of_fork() {
  const auto visit = [] {
    std::atomic<int64_t> visits{0};
    parallel_for(1000, 1, [&](int64_t begin, int64_t end) { visits += end - begin; });
    return visits == 1000;
  };
  visit();
  const pid_t child = ::fork();
  if (child == 0) {
    ::alarm(20);
    bool in_thread = false;
    const bool here = visit() && visit();
    std::thread([&] { in_thread = visit(); }).join();
    std::_Exit(here && in_thread ? 0 : 1);
  }
  int status = -1;
  ::waitpid(child, &status, 0);
  return status;
}

TEST_F(Threads, AForkedProcessDoesNotWaitForThreadsThatStayedBehind) {
  set_threads(4);
  EXPECT_EQ(end_of_fork(), 0);
  std::thread([] { EXPECT_EQ(end_of_fork(), 0); }).join();
}

TEST_F(Threads, ThereIsAlwaysOne) {
  EXPECT_GE(available_cores(), 1);
  set_threads(0);
  EXPECT_EQ(threads(), 1);
  set_threads(3);
  EXPECT_EQ(threads(), 3);
}

}  // namespace
}  // namespace weft
