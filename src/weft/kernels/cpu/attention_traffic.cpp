// What attention moves beyond its operands.
#include "weft/kernels/cpu/attention_tiles.h"
#include "weft/kernels/near_memory.h"

namespace weft::kernels {

namespace {

int64_t keys_bytes(const AttentionShape& s) { return bytes_of(s.dtype, 2 * s.keys * s.width); }

/// Of `a_walk` bytes over the keys of a group, for every tile of queries but the first: half as much where a
/// query sees earlier keys only.
int64_t later_walks(const AttentionShape& s, int64_t a_walk) {
  const int64_t walks = s.batch * (s.heads * tiles_of(s.queries) - s.groups);
  return walks * a_walk / (s.causal ? 2 : 1);
}

}  // namespace

int64_t attention_forward_extra_bytes(const AttentionShape& s) {
  if (s.dtype == DType::f64 || keys_bytes(s) <= kNearBytes) return 0;
  return later_walks(s, keys_bytes(s));
}

int64_t attention_backward_extra_bytes(const AttentionShape& s) {
  const int64_t sums = bytes_of(DType::f32, 2 * s.keys * padded_width(s));
  if (s.dtype == DType::f64 || keys_bytes(s) + sums <= kNearBytes) return 0;
  // Sums are read and written.
  return later_walks(s, keys_bytes(s) + 2 * sums) + s.batch * s.groups * 2 * sums;
}

}  // namespace weft::kernels
