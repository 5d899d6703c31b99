#pragma once
#include "weft/graph/graph.h"
#include "weft/graph/schema.h"

namespace weft {

/// Softmax attention of qkv [B, T, 3, H, D] (q, k and v at 0, 1, 2 of the third dimension): the softmax over
/// s of scale * q·k, with s <= t when `causal`, times v: [B, T, H, D].
ValueId attention(GraphBuilder& build, ValueId qkv, bool causal, double scale);

struct Attention final : Schema<Attention> {
  static constexpr std::string_view kName = "attention";
  static constexpr std::string_view kMeaning =
      "Softmax attention of qkv [B, T, 3, H, D]: out [B, T, H, D], and the logarithms of the softmax's "
      "denominators [B, H, T], which the gradient reads. Dao et al., FlashAttention (2022).";
  bool causal = false;
  double scale = 1;
  Attention() = default;
  Attention(bool c, double s) : causal(c), scale(s) {}

  template <class Visitor, class Self>
  static void visit(Visitor& v, Self& op) {
    v("causal", op.causal, "whether a position sees itself and earlier ones only");
    v("scale", op.scale, "factor of the products of queries and keys");
  }
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override;
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const override;
  Traits traits() const override {
    return {.contraction = true, .flops_per_point = (causal ? 2.0 : 4.0) / 3.0};
  }
  std::vector<std::optional<ValueId>> gradient(const GradientContext& context) const override;
};

/// dqkv from (qkv, out, lse, dout).
struct AttentionBackward final : Schema<AttentionBackward> {
  static constexpr std::string_view kName = "attention_backward";
  static constexpr std::string_view kMeaning =
      "The gradient of attention: dqkv from qkv, out, the logarithms and dout.";
  bool causal = false;
  double scale = 1;
  AttentionBackward() = default;
  AttentionBackward(bool c, double s) : causal(c), scale(s) {}

  template <class Visitor, class Self>
  static void visit(Visitor& v, Self& op) {
    v("causal", op.causal, "whether a position sees itself and earlier ones only");
    v("scale", op.scale, "factor of the products of queries and keys");
  }
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override;
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const override;
  Traits traits() const override {
    // Five products of [T, D] x [D, T] or [T, T] x [T, D], over the three of a point's third axis.
    return {.contraction = true, .flops_per_point = (causal ? 5.0 : 10.0) / 3.0};
  }
};

}  // namespace weft
