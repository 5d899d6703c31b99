#pragma once
#include "weft/graph/graph.h"
#include "weft/graph/schema.h"

namespace weft {

/// a * b, elementwise, of one type.
ValueId multiply(GraphBuilder& build, ValueId a, ValueId b);

struct Multiply final : Schema<Multiply> {
  static constexpr std::string_view kName = "multiply";
  static constexpr std::string_view kMeaning = "a * b, elementwise, of one type.";
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override;
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const override;
  Traits traits() const override { return {.in_place = {{0, 0}}}; }
  std::vector<std::optional<ValueId>> gradient(const GradientContext& context) const override;
};

}  // namespace weft
