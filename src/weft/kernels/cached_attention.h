#pragma once
// One token's attention over a cache. Partial results of blocks of rows are joined as Dao et al., "Flash-
// Decoding" (2023) do it.
#include <cstddef>
#include <cstdint>

#include "weft/tensor/view.h"

namespace weft::kernels {

/// Bytes that cached_attention needs at `scratch`, 64-byte aligned, for a cache of keys `[B, T, H, D]`.
int64_t cached_attention_scratch_bytes(const TensorType& keys);

/// out[b, 0, h] = sum over s <= position of softmax over s of (scale * query[b, 0, h] . keys[b, s, h]) *
/// values[b, s, h]. query and out `[B, 1, H, D]`, keys and values `[B, T, H, D]`, all f32, or bf16 (computed
/// in f32), or f64; position an i64 scalar, UserError outside [0, T). Rows of the cache past the position are
/// not read. The result does not depend on the number of threads. out overlaps nothing.
void cached_attention(const View& query, const View& keys, const View& values, const View& position,
                      const View& out, std::byte* scratch, double scale);

/// The definition, of f64 alone: what the tests compare the above with, and what runs f64.
void naive_cached_attention(const View& query, const View& keys, const View& values, const View& position,
                            const View& out, double scale);

}  // namespace weft::kernels
