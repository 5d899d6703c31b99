#pragma once
#include <cstdint>
#include <utility>
#include <vector>

#include "weft/base/philox.h"

namespace weft {

/// Random numbers one after another; those of a seed and stream are always the same.
class Draws {
 public:
  Draws(uint64_t seed, uint64_t stream) : source_{seed, stream} {}

  int32_t below(int32_t bound) { return static_cast<int32_t>(weft::below(source_.word(next_++), bound)); }
  /// In [0, 1).
  double uniform() { return source_.uniform(next_++); }
  template <class T>
  void shuffle(std::vector<T>& values) {
    for (size_t i = values.size(); i > 1; --i) {
      std::swap(values[i - 1], values[static_cast<size_t>(below(static_cast<int32_t>(i)))]);
    }
  }

 private:
  RandomStream source_;
  uint64_t next_ = 0;
};

}  // namespace weft
