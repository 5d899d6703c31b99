#pragma once
#include <utility>

#include "weft/graph/graph.h"
#include "weft/graph/schema.h"

namespace weft {

/// What layer_norm read and wrote, and the gradient of its result.
struct LayerNormValues {
  ValueId dy, x, gamma, mean, rstd;
};

/// dx, of x's type.
ValueId layer_norm_backward_input(GraphBuilder& build, const LayerNormValues& values);
/// (dgamma, dbeta) [C] of the statistics dtype.
std::pair<ValueId, ValueId> layer_norm_backward_params(GraphBuilder& build, const LayerNormValues& values);

/// dx from (dy, x, gamma, mean, rstd).
struct LayerNormBackwardInput final : Schema<LayerNormBackwardInput> {
  static constexpr std::string_view kName = "layer_norm_backward_input";
  static constexpr std::string_view kMeaning =
      "The gradient of layer_norm's x [..., C]: dx from dy, x, gamma [C], mean [...] and rstd [...].";
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override;
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const override;
  Traits traits() const override { return {.in_place = {{0, 0}}, .flops_per_point = 10}; }
};

/// dgamma and dbeta from (dy, x, mean, rstd): sums over the rows.
struct LayerNormBackwardParams final : Schema<LayerNormBackwardParams> {
  static constexpr std::string_view kName = "layer_norm_backward_params";
  static constexpr std::string_view kMeaning =
      "The gradients of layer_norm's parameters: dgamma and dbeta [C] from dy and x [..., C], mean [...] and "
      "rstd [...].";
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override;
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const override;
  Traits traits() const override { return {.flops_per_point = 5}; }
};

}  // namespace weft
