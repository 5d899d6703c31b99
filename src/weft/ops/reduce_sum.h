#pragma once
#include "weft/graph/graph.h"
#include "weft/graph/schema.h"

namespace weft {

/// factor times the sum of all elements of x: a scalar of the statistics dtype beside x's.
ValueId reduce_sum(GraphBuilder& build, ValueId x, double factor = 1);

struct ReduceSum final : Schema<ReduceSum> {
  static constexpr std::string_view kName = "reduce_sum";
  static constexpr std::string_view kMeaning = "The sum of all elements of x times a factor: a scalar.";
  double factor = 1;
  ReduceSum() = default;
  explicit ReduceSum(double f) : factor(f) {}

  template <class Visitor, class Self>
  static void visit(Visitor& v, Self& op) {
    v("factor", op.factor, "of the sum");
  }
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override;
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const override;
  std::vector<std::optional<ValueId>> gradient(const GradientContext& context) const override;
};

}  // namespace weft
