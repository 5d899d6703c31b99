#pragma once
#include <cstdint>

namespace weft {

/// Where tensors begin in memory: a cache line, and the widest vector register.
inline constexpr int64_t kAlignment = 64;

/// Room for `bytes`, so that what follows is aligned too.
constexpr int64_t aligned(int64_t bytes) { return (bytes + kAlignment - 1) / kAlignment * kAlignment; }

}  // namespace weft
