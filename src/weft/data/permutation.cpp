#include "weft/data/permutation.h"

#include "weft/base/check.h"

namespace weft {

namespace {
constexpr int kRounds = 6;
}

Permutation::Permutation(int64_t size, RandomStream stream)
    : size_(static_cast<uint64_t>(size)), half_bits_(1), stream_(stream) {
  WEFT_CHECK(size >= 1, "a permutation of {} elements", size);
  while ((uint64_t{1} << (2 * half_bits_)) < size_) ++half_bits_;
}

uint64_t Permutation::walk(uint64_t value) const {
  const uint64_t mask = (uint64_t{1} << half_bits_) - 1;
  uint64_t left = value >> half_bits_;
  uint64_t right = value & mask;
  for (uint64_t round = 0; round < kRounds; ++round) {
    const PhiloxBlock mixed = stream_.block((round << 32) | right);
    const uint64_t next = left ^ (mixed[0] & mask);
    left = right;
    right = next;
  }
  return (left << half_bits_) | right;
}

int64_t Permutation::at(int64_t index) const {
  uint64_t value = walk(static_cast<uint64_t>(index));
  // At most three of four values lie outside, so this is a few steps on average.
  while (value >= size_) value = walk(value);
  return static_cast<int64_t>(value);
}

}  // namespace weft
