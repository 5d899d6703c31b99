#pragma once
// Softmax attention without the [T, S] matrix in memory: Dao et al., "FlashAttention" (2022), algorithms 1
// and 4; and in parallel over blocks of one sequence: Dao, "FlashAttention-2" (2023), section 3.2.
#include <cstddef>
#include <cstdint>

#include "weft/tensor/dtype.h"

namespace weft::kernels {

/// Elements of a head at most, unless in f64.
constexpr int64_t kAttentionMaxWidth = 256;

/// Which weights are dropped, of a part of the whole: those of batch entries, heads and queries from
/// `first_…` on. The weight of (b, h, t, s) has the random half word number ((b * heads + h) * keys + s) *
/// queries + t.
struct AttentionDropout {
  double rate = 0;
  uint64_t seed = 0;
  uint64_t stream = 0;
  int64_t heads = 0, queries = 0;  ///< of the whole
  int64_t first_batch = 0, first_head = 0;
};

/// out[b, t, h] = sum over s of softmax over s of (scale * q[b, t, h] . k[b, s, g]) * v[b, s, g], where g =
/// h / (heads / groups). With `causal` over s <= first_query + t.
struct AttentionShape {
  int64_t batch = 0, queries = 0, keys = 0;
  int64_t heads = 0, groups = 0;  ///< of queries; of keys and values
  int64_t width = 0;              ///< of a head
  int64_t first_query = 0;
  bool causal = false;
  double scale = 1;
  DType dtype = DType::f32;  ///< of all but lse: f32, bf16 (computed in f32) or f64
  AttentionDropout dropout;

  int64_t heads_of_group() const { return heads / groups; }
};

/// [batch, tokens, heads, width] in memory: elements from a batch entry and from a token to the next. Heads
/// follow each other.
struct AttentionHeads {
  std::byte* data = nullptr;
  int64_t batch_step = 0;
  int64_t token_step = 0;
};

/// What both passes read.
struct AttentionInputs {
  AttentionHeads q, k, v;
  const int32_t* lengths =
      nullptr;        ///< [batch]: keys that a batch entry has; null: all. Clipped to [0, keys]
  uint64_t step = 0;  ///< of dropout
};

struct AttentionGradients {
  AttentionHeads dq, dk, dv;
};

/// Writes out and lse [batch, heads, queries], the logarithm of the softmax's denominator (of scaled scores),
/// which the backward pass reads: f32, or f64 with f64. A query that sees no key gives zeros in both.
/// width is at most kAttentionMaxWidth unless f64. The result does not depend on the number of threads. No
/// operand may overlap another.
void attention_forward(const AttentionShape& shape, const AttentionInputs& in, const AttentionHeads& out,
                       void* lse);

/// Bytes that attention_backward needs at `scratch`, 64-byte aligned.
int64_t attention_backward_scratch_bytes(const AttentionShape& shape);

/// Overwrites dq, dk and dv, from dout and what the forward pass read and wrote. As attention_forward.
void attention_backward(const AttentionShape& shape, const AttentionInputs& in, const AttentionHeads& out,
                        const void* lse, const AttentionHeads& dout, const AttentionGradients& gradients,
                        std::byte* scratch);

/// Bytes that each moves beyond its operands once: keys, values and what is summed for them, walked over for
/// each tile of queries, where those of a group are more than the cache of a core keeps.
int64_t attention_forward_extra_bytes(const AttentionShape& shape);
int64_t attention_backward_extra_bytes(const AttentionShape& shape);

/// The definitions in f64, with no blocking: what the tests compare the above with, and what runs f64.
void naive_attention_forward(const AttentionShape& shape, const AttentionInputs& in,
                             const AttentionHeads& out, void* lse);
void naive_attention_backward(const AttentionShape& shape, const AttentionInputs& in,
                              const AttentionHeads& out, const void* lse, const AttentionHeads& dout,
                              const AttentionGradients& gradients);

}  // namespace weft::kernels
