#pragma once
#include "weft/graph/graph.h"
#include "weft/graph/schema.h"

namespace weft {

/// `scale` times the sum of (x - target)^2: a scalar of the statistics dtype beside x's. target has x's type;
/// it gets no gradient.
/// Where target is NaN, nothing is added: rows without a sample, and values that are missing.
ValueId mse(GraphBuilder& build, ValueId x, ValueId target, double scale);

struct Mse final : Schema<Mse> {
  static constexpr std::string_view kName = "mse";
  static constexpr std::string_view kMeaning =
      "The sum of (x - target)^2 times a factor: a scalar. Where target is NaN, nothing is added.";
  double scale = 1;
  Mse() = default;
  explicit Mse(double s) : scale(s) {}

  template <class Visitor, class Self>
  static void visit(Visitor& v, Self& op) {
    v("scale", op.scale, "factor of the sum");
  }
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override;
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const override;
  Traits traits() const override {
    // The target is a constant: what is learnt is x.
    return {.no_gradient = {1}, .flops_per_point = 3};
  }
  std::vector<std::optional<ValueId>> gradient(const GradientContext& context) const override;
};

/// dx from (dloss, x, target).
struct MseBackward final : Schema<MseBackward> {
  static constexpr std::string_view kName = "mse_backward";
  static constexpr std::string_view kMeaning = "The gradient of mse: dx from the scalar dloss, x and target.";
  double scale = 1;
  MseBackward() = default;
  explicit MseBackward(double s) : scale(s) {}

  template <class Visitor, class Self>
  static void visit(Visitor& v, Self& op) {
    v("scale", op.scale, "factor of the sum");
  }
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override;
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const override;
  Traits traits() const override { return {.in_place = {{0, 1}, {0, 2}}, .flops_per_point = 2}; }
};

}  // namespace weft
