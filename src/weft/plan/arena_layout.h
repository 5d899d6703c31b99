#pragma once
#include <cstdint>
#include <vector>

#include "weft/base/alignment.h"

namespace weft {

/// A buffer that is needed from step `first` of a segment to step `last`, both included.
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
/// greedy by size of Pisarchyk & Lee, "Efficient Memory Management for Deep Neural Net Inference", 2020).
/// O(n^2) at most, and much less than a comparison with every buffer for layers that repeat.
ArenaLayout lay_out(const std::vector<Lifetime>& lifetimes);

}  // namespace weft
