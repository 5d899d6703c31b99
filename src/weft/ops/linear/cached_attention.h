#pragma once
#include "weft/graph/graph.h"
#include "weft/graph/schema.h"

namespace weft {

/// Softmax attention of one token over a cache: query [B, 1, H, D], keys and values [B, T, H, D], all of one
/// dtype, and the token's position (i64 scalar), whose key and value are in the cache already. The softmax
/// over s <= position of scale * q·k, times v: [B, 1, H, D]. Rows past the position are not read. Running it
/// is a UserError where the position is outside [0, T). Nothing is learnt through it.
ValueId cached_attention(GraphBuilder& build, ValueId query, ValueId keys, ValueId values, ValueId position,
                         double scale);

/// Operands query, keys, values, position; see cached_attention().
struct CachedAttention final : Schema<CachedAttention> {
  static constexpr std::string_view kName = "cached_attention";
  static constexpr std::string_view kMeaning =
      "Softmax attention of one token's query [B, 1, H, D] over the rows of a cache of keys and of values "
      "[B, T, H, D] up to the token's position (i64 scalar): [B, 1, H, D]. The online softmax of Milakov and "
      "Gimelshein (2018).";
  double scale = 1;
  CachedAttention() = default;
  explicit CachedAttention(double s) : scale(s) {}

  template <class Visitor, class Self>
  static void visit(Visitor& v, Self& op) {
    v("scale", op.scale, "factor of the products of queries and keys");
  }
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override;
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const override;
  /// Two products, for each of which a row of the cache is read once.
  Traits traits() const override {
    return {.contraction = true, .no_gradient = {0, 1, 2}, .flops_per_point = 4};
  }
};

}  // namespace weft
