#pragma once
#include "weft/graph/graph.h"
#include "weft/graph/schema.h"

namespace weft {

/// exp(x) over its sum, over the last dimension of x [..., C].
ValueId softmax(GraphBuilder& build, ValueId x);

struct Softmax final : Schema<Softmax> {
  static constexpr std::string_view kName = "softmax";
  static constexpr std::string_view kMeaning = "exp(x) over its sum, over the last dimension of x [..., C].";
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override;
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const override;
  Traits traits() const override { return {.in_place = {{0, 0}}, .flops_per_point = 5}; }
  std::vector<std::optional<ValueId>> gradient(const GradientContext& context) const override;
};

/// dx from (dy, y).
struct SoftmaxBackward final : Schema<SoftmaxBackward> {
  static constexpr std::string_view kName = "softmax_backward";
  static constexpr std::string_view kMeaning = "The gradient of softmax: dx from dy and the result y.";
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override;
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const override;
  Traits traits() const override { return {.in_place = {{0, 0}}, .flops_per_point = 4}; }
};

}  // namespace weft
