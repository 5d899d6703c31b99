#include "weft/plan/arena_layout.h"

#include <algorithm>
#include <numeric>

namespace weft {

ArenaLayout lay_out(const std::vector<Lifetime>& lifetimes) {
  ArenaLayout layout;
  layout.offsets.assign(lifetimes.size(), 0);
  std::vector<size_t> order(lifetimes.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return lifetimes[a].bytes > lifetimes[b].bytes; });
  std::vector<size_t> placed;  // by offset
  for (const size_t index : order) {
    const Lifetime& wanted = lifetimes[index];
    const int64_t bytes = aligned(wanted.bytes);
    int64_t offset = 0;
    for (const size_t other : placed) {
      const Lifetime& there = lifetimes[other];
      if (there.last < wanted.first || wanted.last < there.first) continue;
      if (layout.offsets[other] >= offset + bytes) break;
      offset = std::max(offset, layout.offsets[other] + aligned(there.bytes));
    }
    layout.offsets[index] = offset;
    layout.bytes = std::max(layout.bytes, offset + bytes);
    const auto at = std::upper_bound(placed.begin(), placed.end(), offset, [&](int64_t value, size_t other) {
      return value < layout.offsets[other];
    });
    placed.insert(at, index);
  }
  return layout;
}

}  // namespace weft
