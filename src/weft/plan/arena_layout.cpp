#include "weft/plan/arena_layout.h"

#include <algorithm>
#include <limits>
#include <numeric>

namespace weft {

namespace {

/// Some buffers that are placed, one after the other by offset, and what holds for all of them.
struct Block {
  std::vector<size_t> buffers;
  int earliest_first = 0;
  int latest_first = 0;
  int earliest_last = 0;
  int latest_last = 0;
  int64_t begin = 0;  ///< the offset of the first buffer
  int64_t end = 0;    ///< where the last of them ends
  int64_t widest_gap = 0;
};

/// Finds the lowest free offset. Layers repeat, so that buffers that lie side by side mostly live at one time
/// or are all kept: a search passes over their block whole, and few blocks are looked into.
class FirstFit {
 public:
  FirstFit(const std::vector<Lifetime>& lifetimes, ArenaLayout& layout)
      : lifetimes_(lifetimes), layout_(layout) {}

  void place(size_t index) {
    const int64_t offset = lowest_free(lifetimes_[index]);
    layout_.offsets[index] = offset;
    layout_.bytes = std::max(layout_.bytes, offset + bytes_of(index));
    insert(index, offset);
  }

 private:
  static constexpr size_t kMost = 128;  ///< buffers of a block

  int64_t bytes_of(size_t index) const { return aligned(lifetimes_[index].bytes); }

  int64_t lowest_free(const Lifetime& wanted) const {
    const int64_t bytes = aligned(wanted.bytes);
    int64_t offset = 0;
    for (const Block& block : blocks_) {
      if (block.latest_last < wanted.first || wanted.last < block.earliest_first) continue;
      const bool all_alive = block.latest_first <= wanted.last && wanted.first <= block.earliest_last;
      if (all_alive && block.widest_gap < bytes && block.begin < offset + bytes) {
        offset = std::max(offset, block.end);
      } else if (!pass(block, wanted, bytes, offset)) {
        break;
      }
    }
    return offset;
  }

  /// Raises `offset` above the buffers in its way; false where it fits before one of them.
  bool pass(const Block& block, const Lifetime& wanted, int64_t bytes, int64_t& offset) const {
    for (const size_t other : block.buffers) {
      const Lifetime& there = lifetimes_[other];
      if (there.last < wanted.first || wanted.last < there.first) continue;
      if (layout_.offsets[other] >= offset + bytes) return false;
      offset = std::max(offset, layout_.offsets[other] + bytes_of(other));
    }
    return true;
  }

  void insert(size_t index, int64_t offset) {
    if (blocks_.empty()) blocks_.emplace_back();
    auto block = std::upper_bound(blocks_.begin() + 1, blocks_.end(), offset,
                                  [](int64_t value, const Block& other) { return value < other.begin; }) -
                 1;
    std::vector<size_t>& buffers = block->buffers;
    const auto at =
        std::upper_bound(buffers.begin(), buffers.end(), offset,
                         [&](int64_t value, size_t other) { return value < layout_.offsets[other]; });
    buffers.insert(at, index);
    if (buffers.size() > kMost) {
      Block upper;
      const auto middle = buffers.begin() + kMost / 2;
      upper.buffers.assign(middle, buffers.end());
      buffers.erase(middle, buffers.end());
      describe(upper);
      block = blocks_.insert(block + 1, std::move(upper)) - 1;
    }
    describe(*block);
  }

  void describe(Block& block) const {
    block.earliest_first = block.earliest_last = std::numeric_limits<int>::max();
    block.latest_first = block.latest_last = std::numeric_limits<int>::min();
    block.begin = block.end = layout_.offsets[block.buffers[0]];
    block.widest_gap = 0;
    for (const size_t index : block.buffers) {
      const Lifetime& there = lifetimes_[index];
      block.earliest_first = std::min(block.earliest_first, there.first);
      block.latest_first = std::max(block.latest_first, there.first);
      block.earliest_last = std::min(block.earliest_last, there.last);
      block.latest_last = std::max(block.latest_last, there.last);
      block.widest_gap = std::max(block.widest_gap, layout_.offsets[index] - block.end);
      block.end = std::max(block.end, layout_.offsets[index] + bytes_of(index));
    }
  }

  const std::vector<Lifetime>& lifetimes_;
  ArenaLayout& layout_;
  std::vector<Block> blocks_;  ///< by offset
};

}  // namespace

ArenaLayout lay_out(const std::vector<Lifetime>& lifetimes) {
  ArenaLayout layout;
  layout.offsets.assign(lifetimes.size(), 0);
  std::vector<size_t> order(lifetimes.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return lifetimes[a].bytes > lifetimes[b].bytes; });
  FirstFit fit(lifetimes, layout);
  for (const size_t index : order) {
    if (lifetimes[index].bytes == 0) break;  // Such as scratch of most kernels: it is in nobody's way at 0.
    fit.place(index);
  }
  return layout;
}

}  // namespace weft
