#pragma once
#include <array>
#include <cstdint>

#include "weft/base/philox.h"

namespace weft {

/// A pseudo-random bijection of [0, size), evaluable at any index, in both directions, in O(1) memory: an
/// alternating Feistel network on the next power of two, walked until it falls inside (Black & Rogaway,
/// "Ciphers with Arbitrary Finite Domains", 2002). Its round keys are Philox's, its round function is the
/// finaliser of SplitMix64 (Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators", 2014): good
/// for shuffling, no cipher.
class Permutation {
 public:
  /// size >= 1; equal streams give equal permutations.
  Permutation(int64_t size, RandomStream stream);
  int64_t size() const { return static_cast<int64_t>(size_); }
  /// Where index in [0, size) goes.
  int64_t at(int64_t index) const;
  /// The index that goes to `value` in [0, size): at(inverse(v)) == v.
  int64_t inverse(int64_t value) const;

 private:
  static constexpr int kRounds = 8;

  uint64_t forward(uint64_t value) const;
  uint64_t backward(uint64_t value) const;
  uint64_t mixed(int round, uint64_t half) const;

  uint64_t size_;
  int low_bits_;
  uint64_t low_mask_;
  uint64_t high_mask_;
  std::array<uint64_t, kRounds> keys_;
};

}  // namespace weft
