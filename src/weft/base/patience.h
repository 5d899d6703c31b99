#pragma once
#include <atomic>

namespace weft {

/// While one lives, this process waits for what may take long and has a patience of its own, such as a disk:
/// whoever watches for hangs gives it more time.
class Patience {
 public:
  Patience() { ++held(); }
  ~Patience() { --held(); }
  Patience(const Patience&) = delete;
  Patience& operator=(const Patience&) = delete;
  static bool is_held() { return held() > 0; }

 private:
  static std::atomic<int>& held() {
    static std::atomic<int> count = 0;
    return count;
  }
};

}  // namespace weft
