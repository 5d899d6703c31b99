#include "weft/data/source/latency_pool.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace weft {

namespace {

constexpr int64_t kPerThread = 8;  ///< below this a thread costs more than it saves

}  // namespace

void for_each_waiting(int64_t count, const std::function<void(int64_t)>& body, int64_t threads) {
  std::atomic<int64_t> next{0};
  std::mutex mutex;
  std::exception_ptr failure;
  int64_t failed = count;
  const auto work = [&] {
    for (int64_t i = next++; i < count; i = next++) {
      try {
        body(i);
      } catch (...) {
        const std::lock_guard lock(mutex);
        if (i < failed) {
          failed = i;
          failure = std::current_exception();
        }
        // Those with smaller numbers have all been handed out already, and run to their end.
        next = count;
      }
    }
  };
  const int64_t used = std::min(threads, (count + kPerThread - 1) / kPerThread);
  if (used <= 1) {
    work();
  } else {
    std::vector<std::jthread> pool;
    for (int64_t t = 0; t < used; ++t) pool.emplace_back(work);
  }
  if (failure) std::rethrow_exception(failure);
}

}  // namespace weft
