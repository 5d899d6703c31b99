#pragma once
#include <cstdint>

#include "weft/base/philox.h"

namespace weft {

/// A pseudo-random bijection of [0, size), evaluable at any index in O(1) memory: a Feistel network over
/// Philox on the next power of four, walked until it falls inside (Black & Rogaway, "Ciphers with Arbitrary
/// Finite Domains", 2002).
class Permutation {
 public:
  /// size >= 1; equal streams give equal permutations.
  Permutation(int64_t size, RandomStream stream);
  /// Where index in [0, size) goes.
  int64_t at(int64_t index) const;

 private:
  uint64_t walk(uint64_t value) const;

  uint64_t size_;
  int half_bits_;
  RandomStream stream_;
};

}  // namespace weft
