#pragma once
#include "weft/graph/graph.h"
#include "weft/graph/schema.h"

namespace weft {

/// Hyperbolic tangent, elementwise.
ValueId tanh(GraphBuilder& build, ValueId x);

struct Tanh final : Schema<Tanh> {
  static constexpr std::string_view kName = "tanh";
  static constexpr std::string_view kMeaning = "Hyperbolic tangent, elementwise.";
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override;
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const override;
  Traits traits() const override { return {.in_place = {{0, 0}}}; }
  std::vector<std::optional<ValueId>> gradient(const GradientContext& context) const override;
};

/// dx from (dy, y): the slope is 1 - y^2, and x need not be kept.
struct TanhBackward final : Schema<TanhBackward> {
  static constexpr std::string_view kName = "tanh_backward";
  static constexpr std::string_view kMeaning = "The gradient of tanh: dx from dy and the result y.";
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override;
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const override;
  Traits traits() const override { return {.in_place = {{0, 0}}}; }
};

}  // namespace weft
