#pragma once
#include <atomic>

namespace weft {

/// While one lives, this process waits for what may take long and has a patience of its own, such as a disk:
/// whoever watches for hangs gives it more time.
class Patience {
 public:
  Patience() { ++held_; }
  ~Patience() { --held_; }
  Patience(const Patience&) = delete;
  Patience& operator=(const Patience&) = delete;
  static bool is_held() { return held_ > 0; }

 private:
  static inline std::atomic<int> held_ = 0;
};

}  // namespace weft
