#include "weft/base/threads.h"

#include <omp.h>
#include <pthread.h>
#include <sched.h>

#include <algorithm>
#include <atomic>

#include "weft/base/cores.h"

namespace weft {

namespace {

/// How many forks there are between the first process that asked and this one. A process that was forked has
/// none of the pool's threads, which the library would wait for; a thread that is made there gets a pool of
/// its own.
std::atomic<int>& forks() {
  static std::atomic<int> count{0};
  static const int kAsked = pthread_atfork(nullptr, nullptr, [] { forks().fetch_add(1); });
  static_cast<void>(kAsked);
  return count;
}

/// Whether the calling thread's pool is this process's.
bool has_pool() {
  static thread_local int made_after = -1;
  const int now = forks().load(std::memory_order_relaxed);
  if (made_after < 0) made_after = now;
  return made_after == now;
}

}  // namespace

bool pin_threads(std::span<const int> cores) {
  cores_of_process();  // as they are before any is bound
  if (threads() > std::ssize(cores)) return false;
#pragma omp parallel num_threads(threads())
  {
    cpu_set_t own;
    CPU_ZERO(&own);
    CPU_SET(cores[static_cast<size_t>(omp_get_thread_num())], &own);
    sched_setaffinity(0, sizeof(own), &own);  // 0: the calling thread; a refusal costs speed only
  }
  return true;
}

void unpin_this_thread() {
  cpu_set_t all;
  CPU_ZERO(&all);
  for (const int core : cores_of_process()) CPU_SET(core, &all);
  sched_setaffinity(0, sizeof(all), &all);
}

void set_threads(int count) { omp_set_num_threads(std::max(1, count)); }

int threads() { return omp_get_max_threads(); }

void parallel_for(int64_t count, int64_t grain, RangeBody body) {
  if (count <= 0) return;
  const int64_t pieces = std::clamp<int64_t>(count / std::max<int64_t>(1, grain), 1, threads());
  if (pieces == 1 || omp_in_parallel() != 0 || !has_pool()) {  // a team inside of another would be allocated
    body(0, count);
    return;
  }
#pragma omp parallel for schedule(static, 1) num_threads(static_cast <int>(pieces))
  for (int64_t piece = 0; piece < pieces; ++piece) {
    body(count * piece / pieces, count * (piece + 1) / pieces);
  }
}

}  // namespace weft
