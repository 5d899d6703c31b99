#pragma once
#include <span>

#include "weft/graph/graph.h"
#include "weft/graph/schema.h"

namespace weft {

/// The sum of one or more values of one type.
ValueId add_n(GraphBuilder& build, std::span<const ValueId> terms);

struct AddN final : Schema<AddN> {
  static constexpr std::string_view kName = "add_n";
  static constexpr std::string_view kMeaning = "The sum of one or more values of one type.";
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override;
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const override;
  Traits traits() const override { return {.linear = true, .sum = true, .in_place = {{0, 0}}}; }
  std::vector<std::optional<ValueId>> gradient(const GradientContext& context) const override;
};

}  // namespace weft
