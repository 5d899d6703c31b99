#pragma once
#include <vector>

#include "weft/graph/graph.h"
#include "weft/graph/schema.h"

namespace weft {

/// Dimension i of the result is dimension order[i] of x.
ValueId transpose(GraphBuilder& build, ValueId x, const std::vector<int>& order);

/// Operand x; see transpose().
struct Transpose final : Schema<Transpose> {
  static constexpr std::string_view kName = "transpose";
  static constexpr std::string_view kMeaning = "x with its dimensions in another order.";
  std::vector<int> order;
  Transpose() = default;
  explicit Transpose(std::vector<int> o) : order(std::move(o)) {}

  template <class Visitor, class Self>
  static void visit(Visitor& v, Self& op) {
    v("order", op.order, "the dimension of x that each dimension of the result is");
  }
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override;
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const override;
  Traits traits() const override { return {.flops_per_point = 0}; }
  std::vector<std::optional<ValueId>> gradient(const GradientContext& context) const override;
};

}  // namespace weft
