#pragma once
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>

namespace weft {

/// Watches a pulse from a thread of its own. When the pulse stays the same for `limit`, it calls `bark` once,
/// on that thread. The functions must be callable from there.
class Watchdog {
 public:
  Watchdog(std::function<int64_t()> pulse, std::chrono::milliseconds limit, std::function<void()> bark);
  /// Stops at once.
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

 private:
  void watch();

  std::function<int64_t()> pulse_;
  std::chrono::milliseconds limit_;
  std::function<void()> bark_;
  std::mutex mutex_;
  std::condition_variable stopping_;
  bool stop_ = false;
  std::thread thread_;  ///< last: it uses the others
};

}  // namespace weft
