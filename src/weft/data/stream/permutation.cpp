#include "weft/data/stream/permutation.h"

#include <algorithm>
#include <bit>

#include "weft/base/check.h"

namespace weft {

namespace {

constexpr uint64_t kGolden = 0x9E3779B97F4A7C15u;

uint64_t scrambled(uint64_t z) {
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

}  // namespace

Permutation::Permutation(int64_t size, RandomStream stream) : size_(static_cast<uint64_t>(size)) {
  WEFT_CHECK(size >= 1, "a permutation of {} elements", size);
  // Two bits at least, so that both halves have one.
  const int bits = std::max(2, static_cast<int>(std::bit_width(size_ - 1)));
  low_bits_ = bits / 2;
  low_mask_ = (uint64_t{1} << low_bits_) - 1;
  high_mask_ = (uint64_t{1} << (bits - low_bits_)) - 1;
  const PhiloxBlock block = stream.block(0);
  const uint64_t first = (uint64_t{block[0]} << 32) | block[1];
  const uint64_t second = (uint64_t{block[2]} << 32) | block[3];
  for (size_t round = 0; round < keys_.size(); ++round)
    keys_[round] = scrambled(first + round * kGolden) ^ second;
}

uint64_t Permutation::mixed(int round, uint64_t half) const {
  return scrambled((half + 1) * kGolden + keys_[static_cast<size_t>(round)]);
}

uint64_t Permutation::forward(uint64_t value) const {
  uint64_t low = value & low_mask_;
  uint64_t high = value >> low_bits_;
  for (int round = 0; round < kRounds; round += 2) {
    high ^= mixed(round, low) & high_mask_;
    low ^= mixed(round + 1, high) & low_mask_;
  }
  return (high << low_bits_) | low;
}

uint64_t Permutation::backward(uint64_t value) const {
  uint64_t low = value & low_mask_;
  uint64_t high = value >> low_bits_;
  for (int round = kRounds - 2; round >= 0; round -= 2) {
    low ^= mixed(round + 1, high) & low_mask_;
    high ^= mixed(round, low) & high_mask_;
  }
  return (high << low_bits_) | low;
}

// Walking stays on one cycle of the network, so that it ends, and ends at the only value inside. Less than
// half of all values lie outside (size 1 aside), so that it takes two steps at most on average.
int64_t Permutation::at(int64_t index) const {
  uint64_t value = forward(static_cast<uint64_t>(index));
  while (value >= size_) value = forward(value);
  return static_cast<int64_t>(value);
}

int64_t Permutation::inverse(int64_t value) const {
  uint64_t index = backward(static_cast<uint64_t>(value));
  while (index >= size_) index = backward(index);
  return static_cast<int64_t>(index);
}

}  // namespace weft
