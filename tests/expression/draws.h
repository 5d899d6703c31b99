#pragma once
#include <functional>

#include "weft/base/philox.h"

namespace weft::testing {

/// Uniform integers, both bounds included: a pure function of the seed.
inline std::function<int64_t(int64_t, int64_t)> draws(uint64_t seed) {
  return [stream = RandomStream{seed, 5, 0}, at = uint64_t{0}](int64_t low, int64_t high) mutable {
    return low + static_cast<int64_t>(stream.below(at++, static_cast<uint64_t>(high - low + 1)));
  };
}

}  // namespace weft::testing
