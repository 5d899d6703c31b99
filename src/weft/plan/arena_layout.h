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
};

/// Offsets such that buffers alive together never overlap: largest first, each at the lowest free offset (the
/// greedy by size of Pisarchyk & Lee, "Efficient Memory Management for Deep Neural Net Inference", 2020). O(n
/// * buffers alive with it).
ArenaLayout lay_out(const std::vector<Lifetime>& lifetimes);

}  // namespace weft
