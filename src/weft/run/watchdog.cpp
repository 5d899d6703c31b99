#include "weft/run/watchdog.h"

namespace weft {

Watchdog::Watchdog(std::function<int64_t()> pulse, std::chrono::milliseconds limit,
                   std::function<void()> bark)
    : pulse_(std::move(pulse)), limit_(limit), bark_(std::move(bark)), thread_([this] { watch(); }) {}

Watchdog::~Watchdog() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  stopping_.notify_all();
  thread_.join();
}

void Watchdog::watch() {
  constexpr int kLooksPerLimit = 10;
  int64_t last = pulse_();
  auto changed = std::chrono::steady_clock::now();
  std::unique_lock lock(mutex_);
  while (!stopping_.wait_for(lock, limit_ / kLooksPerLimit, [this] { return stop_; })) {
    const int64_t now = pulse_();
    const auto time = std::chrono::steady_clock::now();
    if (now != last) {
      last = now;
      changed = time;
    } else if (time - changed >= limit_) {
      bark_();
      return;
    }
  }
}

}  // namespace weft
