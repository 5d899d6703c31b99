#pragma once
#include "weft/graph/graph.h"
#include "weft/graph/schema.h"

namespace weft {

/// The sum of the squares of all elements of x: a scalar of the statistics dtype beside x's. Has no gradient:
/// it measures gradients.
ValueId sum_squares(GraphBuilder& build, ValueId x);

struct SumSquares final : Schema<SumSquares> {
  static constexpr std::string_view kName = "sum_squares";
  static constexpr std::string_view kMeaning = "The sum of the squares of all elements of x: a scalar.";
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override;
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const override;
  Traits traits() const override { return {.flops_per_point = 2}; }
};

}  // namespace weft
