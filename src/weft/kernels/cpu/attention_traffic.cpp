// What attention moves beyond its operands.
#include "weft/kernels/cpu/attention_head.h"
#include "weft/kernels/near_memory.h"

namespace weft::kernels {

namespace {

/// How often the keys of a head are walked over after the first time: half as much where a query sees earlier
/// keys only.
double later_walks(const AttentionShape& s, bool causal) {
  return static_cast<double>(s.tiles - 1) * (causal ? 0.5 : 1.0);
}

}  // namespace

int64_t attention_forward_extra_bytes(const TensorType& qkv, bool causal) {
  if (qkv.dtype == DType::f64 || qkv.elems() == 0) return 0;
  const AttentionShape s = attention_shape(qkv);
  const int64_t keys_and_values = bytes_of(qkv.dtype, 2 * s.length * s.width);
  if (keys_and_values <= kNearBytes) return 0;
  return static_cast<int64_t>(later_walks(s, causal) *
                              static_cast<double>(s.batch_heads() * keys_and_values));
}

int64_t attention_backward_extra_bytes(const TensorType& qkv, bool causal) {
  if (qkv.dtype == DType::f64 || qkv.elems() == 0) return 0;
  const AttentionShape s = attention_shape(qkv);
  const int64_t keys_and_values = bytes_of(qkv.dtype, 2 * s.length * s.width);
  const int64_t sums = bytes_of(DType::f32, 2 * s.length * s.padded);
  if (keys_and_values + sums <= kNearBytes) return 0;
  // Sums are read and written.
  const auto a_walk = static_cast<double>(s.batch_heads() * (keys_and_values + 2 * sums));
  return static_cast<int64_t>(later_walks(s, causal) * a_walk) + s.batch_heads() * 2 * sums;
}

}  // namespace weft::kernels
