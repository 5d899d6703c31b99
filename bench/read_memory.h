#pragma once
// What reading memory costs, for kernels that should cost no more: a plain reading with all threads, and
// copies of an operand that take turns, so that it comes from memory and not from a cache.
#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "weft/base/alignment.h"
#include "weft/base/threads.h"
#include "weft/run/arena.h"

namespace weft {

/// Copies of this many bytes in all lie beyond every cache.
constexpr int64_t kBeyondCaches = 320'000'000;

/// What the reading found, so that it is not left out.
inline volatile uint64_t found_in_memory;

/// Eight sums at once, so that loads and not additions are waited for.
inline uint64_t sum_of_words(const std::byte* from, int64_t bytes) {
  const auto* words = reinterpret_cast<const uint64_t*>(from);
  uint64_t sums[8] = {};
  for (int64_t i = 0; i + 8 <= bytes / 8; i += 8) {
    for (int j = 0; j < 8; ++j) sums[j] += words[i + j];
  }
  uint64_t all = 0;
  for (const uint64_t sum : sums) all += sum;
  return all;
}

inline void read_memory(const std::byte* from, int64_t bytes) {
  parallel_for(bytes / 64, 1024, [&](int64_t begin, int64_t end) {
    const uint64_t sum = sum_of_words(from + begin * 64, (end - begin) * 64);
    found_in_memory = sum;
  });
}

/// Copies of `bytes` zeros, one of which is the current one.
class Turns {
 public:
  explicit Turns(int64_t bytes)
      : bytes_(aligned(bytes)), count_(std::max<int64_t>(2, kBeyondCaches / bytes_)), all_(count_ * bytes_) {
    std::fill_n(all_.data(), all_.bytes(), std::byte{0});
  }
  void next() { at_ = (at_ + 1) % count_; }
  std::byte* now() const { return all_.data() + at_ * bytes_; }

 private:
  int64_t bytes_;
  int64_t count_;
  int64_t at_ = 0;
  Arena all_;
};

}  // namespace weft
