#pragma once
// Softmax attention without the [T, T] matrix in memory: Dao et al., "FlashAttention" (2022), algorithms 1
// and 4.
#include <cstddef>
#include <cstdint>

#include "weft/tensor/view.h"

namespace weft::kernels {

/// Elements of a head at most, unless in f64.
constexpr int64_t kAttentionMaxWidth = 256;

/// out[b, t, h] = sum over s of softmax over s of (scale * q[b, t, h] . k[b, s, h]) * v[b, s, h], with s <= t
/// when `causal`. qkv `[B, T, 3, H, D]` holds q, k, v at index 0, 1, 2; out `[B, T, H, D]`; lse `[B, H, T]`
/// takes the logarithm of the softmax's denominator (of scaled scores), which the backward pass reads. qkv
/// and out: f32, bf16 (computed in f32) or f64; lse f32, or f64 with f64. D is at most kAttentionMaxWidth
/// unless f64. The result does not depend on the number of threads. No operand may overlap another.
void attention_forward(const View& qkv, const View& out, const View& lse, bool causal, double scale);

/// Bytes that attention_backward needs at `scratch`, 64-byte aligned.
int64_t attention_backward_scratch_bytes(const TensorType& qkv);

/// Bytes that each moves beyond its operands once: keys, values and what is summed for them, walked over for
/// each tile of queries, where those of a head are more than the cache of a core keeps.
int64_t attention_forward_extra_bytes(const TensorType& qkv, bool causal);
int64_t attention_backward_extra_bytes(const TensorType& qkv, bool causal);

/// dqkv `[B, T, 3, H, D]`, the gradient of qkv, from dout `[B, T, H, D]` and what the forward pass read and
/// wrote. Dtypes as in attention_forward. Overwrites dqkv.
void attention_backward(const View& qkv, const View& out, const View& lse, const View& dout, const View& dqkv,
                        std::byte* scratch, bool causal, double scale);

/// The definitions in f64, with no blocking: what the tests compare the above with, and what runs f64.
void naive_attention_forward(const View& qkv, const View& out, const View& lse, bool causal, double scale);
void naive_attention_backward(const View& qkv, const View& out, const View& lse, const View& dout,
                              const View& dqkv, bool causal, double scale);

}  // namespace weft::kernels
