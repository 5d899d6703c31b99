#pragma once
#include "weft/graph/graph.h"
#include "weft/graph/schema.h"

namespace weft {

/// factor * x, elementwise.
ValueId scale(GraphBuilder& build, ValueId x, double factor);

struct Scale final : Schema<Scale> {
  static constexpr std::string_view kName = "scale";
  static constexpr std::string_view kMeaning = "x times a factor, elementwise.";
  double factor = 1;
  Scale() = default;
  explicit Scale(double f) : factor(f) {}

  template <class Visitor, class Self>
  static void visit(Visitor& v, Self& op) {
    v("factor", op.factor, "of every element");
  }
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override;
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const override;
  Traits traits() const override { return {.in_place = {{0, 0}}}; }
  std::vector<std::optional<ValueId>> gradient(const GradientContext& context) const override;
};

}  // namespace weft
