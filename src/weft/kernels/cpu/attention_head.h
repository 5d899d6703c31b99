#pragma once
// Where the heads of attention lie, and how they are cut. Internal.
#include <cstdint>

#include "weft/kernels/attention.h"
#include "weft/tensor/dtype.h"
#include "weft/tensor/view.h"

namespace weft::kernels {

/// Queries and keys come in tiles of this many: tile x tile scores and the rows they need stay in the L2
/// cache.
constexpr int64_t kAttentionTile = 64;

struct AttentionShape {
  int64_t batch, length, heads, width;
  int64_t padded;  ///< width rounded up to whole vectors
  int64_t tiles;   ///< of queries

  int64_t batch_heads() const { return batch * heads; }
  int64_t token_elems() const { return heads * width; }
  /// First element of head `h` of batch entry `b` in qkv (part 0, 1, 2: q, k, v), and from one token to the
  /// next.
  int64_t qkv_at(int64_t bh, int64_t part) const {
    return ((bh / heads) * length * 3 + part) * token_elems() + (bh % heads) * width;
  }
  int64_t qkv_step() const { return 3 * token_elems(); }
  /// The same in out and dout.
  int64_t out_at(int64_t bh) const { return (bh / heads) * length * token_elems() + (bh % heads) * width; }
  int64_t out_step() const { return token_elems(); }
};

/// Checks dtypes and shapes of the operands that both passes have.
AttentionShape attention_shape(const View& qkv, const View& out, const View& lse);
AttentionShape attention_shape(const TensorType& qkv);

}  // namespace weft::kernels
