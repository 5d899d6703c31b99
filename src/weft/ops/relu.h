#pragma once
#include "weft/graph/graph.h"
#include "weft/graph/schema.h"

namespace weft {

/// max(x, 0), elementwise. The gradient at 0 is 0.
ValueId relu(GraphBuilder& build, ValueId x);

struct Relu final : Schema<Relu> {
  static constexpr std::string_view kName = "relu";
  static constexpr std::string_view kMeaning = "max(x, 0), elementwise.";
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override;
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const override;
  Traits traits() const override { return {.in_place = {{0, 0}}}; }
  std::vector<std::optional<ValueId>> gradient(const GradientContext& context) const override;
};

/// dx from (dy, y): where the result is positive, so is x, and x need not be kept.
struct ReluBackward final : Schema<ReluBackward> {
  static constexpr std::string_view kName = "relu_backward";
  static constexpr std::string_view kMeaning = "The gradient of relu: dx from dy and the result y.";
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override;
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const override;
  Traits traits() const override { return {.in_place = {{0, 0}}}; }
};

}  // namespace weft
