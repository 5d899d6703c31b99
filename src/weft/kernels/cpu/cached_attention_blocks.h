#pragma once
// How a cache is cut for one token's attention, and what a block of its rows gives. Internal.
#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "weft/tensor/dtype.h"

namespace weft::kernels {

/// Rows of the cache that one thread takes at a time: enough that what a block gives is little beside what it
/// reads, few enough that it stays in the L2 cache and that short caches are divided too.
constexpr int64_t kCacheBlock = 64;

struct CacheShape {
  int64_t batch, length, heads, width;
  int64_t row_elems() const { return heads * width; }
};

inline int64_t blocks_of(int64_t rows) { return (rows + kCacheBlock - 1) / kCacheBlock; }

/// Floats that a block's state takes, in whole cache lines.
inline int64_t block_floats(const CacheShape& s) {
  return (s.heads * (kCacheBlock + 2 + 2 * s.width) + 15) / 16 * 16;
}

/// Of each head of a block: the scaled query `[H, D]`; its scores, then weights `[H, kCacheBlock]`; the sum
/// of values by these weights
/// `[H, D]`; the highest score and the sum of the weights relative to it `[H]`.
struct BlockState {
  float *query, *scores, *sums, *highest, *denominators;
  BlockState(const CacheShape& s, float* memory)
      : query(memory),
        scores(query + s.row_elems()),
        sums(scores + s.heads * kCacheBlock),
        highest(sums + s.row_elems()),
        denominators(highest + s.heads) {}
};

/// The blocks of all batch entries, one entry's after the other's.
struct CacheWork {
  CacheShape shape;
  DType dtype;
  const std::byte *query, *keys, *values;
  int64_t rows;    ///< of each entry that are read
  int64_t blocks;  ///< of each entry
  float scale;
  float* states;

  int64_t batch_entry(int64_t block) const { return block / blocks; }
  int64_t rows_of(int64_t block) const { return std::min(kCacheBlock, rows - block % blocks * kCacheBlock); }
  /// The block's first element in keys and values.
  int64_t first_elem(int64_t block) const {
    return (batch_entry(block) * shape.length + block % blocks * kCacheBlock) * shape.row_elems();
  }
  BlockState state(int64_t block) const { return {shape, states + block * block_floats(shape)}; }
};

}  // namespace weft::kernels
