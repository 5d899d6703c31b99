#pragma once
#include <cstdint>
#include <vector>

#include "weft/base/alignment.h"

namespace weft {

/// A buffer needed from instruction `first` to `last`, both included.
struct Lifetime {
  int64_t bytes = 0;
  int first = 0;
  int last = 0;
};

struct ArenaLayout {
  std::vector<int64_t> offsets;  ///< of each lifetime; multiples of kAlignment
  int64_t bytes = 0;
  int64_t looked_at = 0;  ///< how often a buffer, or a block of them, was compared: what the search cost
};

/// Offsets such that buffers alive together never overlap: largest first, each at the lowest free offset (the
/// greedy by size of Pisarchyk & Lee, "Efficient Memory Management for Deep Neural Net Inference", 2020).
/// Below quadratic for layers that repeat (twice the buffers are about 3.3 times the search); at most O(n^2).
ArenaLayout lay_out(const std::vector<Lifetime>& lifetimes);

}  // namespace weft
