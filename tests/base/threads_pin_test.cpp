// Threads bound to cores, and free ones beside them.
#include <gtest/gtest.h>
#include <omp.h>
#include <sched.h>

#include <set>
#include <thread>

#include "weft/base/cores.h"
#include "weft/base/threads.h"

namespace weft {
namespace {

int cores_of_this_thread() {
  cpu_set_t set;
  CPU_ZERO(&set);
  sched_getaffinity(0, sizeof(set), &set);
  return CPU_COUNT(&set);
}

TEST(PinThreads, GivesEachThreadACoreAndLeavesBackgroundThreadsFree) {
  const auto all = static_cast<int>(cores_of_process().size());
  std::thread([&] {  // the main thread stays as it is, for the other tests
    set_threads(all);
    ASSERT_TRUE(pin_threads(cores_of_process()));
    EXPECT_EQ(std::ssize(cores_of_process()), all) << "what is bound is still the process's";
    std::set<int> cores;
#pragma omp parallel num_threads(all)
    {
#pragma omp critical
      {
        EXPECT_EQ(cores_of_this_thread(), 1);
        cores.insert(sched_getcpu());
      }
    }
    EXPECT_EQ(std::ssize(cores), all);
    std::thread([&] {
      EXPECT_EQ(cores_of_this_thread(), 1) << "it inherits the binding";
      unpin_this_thread();
      EXPECT_EQ(cores_of_this_thread(), all);
    }).join();
    EXPECT_FALSE(pin_threads(std::span(cores_of_process()).subspan(1))) << "there is a core too few";
  })
      .join();
}

}  // namespace
}  // namespace weft
