#pragma once
#include "weft/graph/graph.h"
#include "weft/graph/schema.h"

namespace weft {

/// (x - mean) / sqrt(variance + epsilon) * gamma + beta over the last dimension of x [..., C]; gamma and beta
/// [C] are of the statistics dtype beside x's, and so are their gradients.
ValueId layer_norm(GraphBuilder& build, ValueId x, ValueId gamma, ValueId beta, double epsilon = 1e-5);

struct LayerNorm final : Schema<LayerNorm> {
  static constexpr std::string_view kName = "layer_norm";
  static constexpr std::string_view kMeaning =
      "(x - mean) / sqrt(variance + epsilon) * gamma + beta over the last dimension of x [..., C], with "
      "gamma and beta [C]: y, the means [...] and the reciprocal standard deviations [...]. Ba, Kiros and "
      "Hinton (2016).";
  double epsilon = 1e-5;
  LayerNorm() = default;
  explicit LayerNorm(double e) : epsilon(e) {}

  template <class Visitor, class Self>
  static void visit(Visitor& v, Self& op) {
    v("epsilon", op.epsilon, "added to the variance");
  }
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override;
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const override;
  Traits traits() const override { return {.flops_per_point = 8}; }
  std::vector<std::optional<ValueId>> gradient(const GradientContext& context) const override;
};

}  // namespace weft
