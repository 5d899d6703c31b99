#pragma once
#include "weft/graph/graph.h"
#include "weft/graph/schema.h"

namespace weft {

/// a [..., B...] + b [B...], of a's type: b is repeated over a's leading dimensions. b is of a's dtype or, as
/// a bias kept in f32, of the statistics dtype beside it.
ValueId add(GraphBuilder& build, ValueId a, ValueId b);

struct Add final : Schema<Add> {
  static constexpr std::string_view kName = "add";
  static constexpr std::string_view kMeaning =
      "a [..., B...] + b [B...]: b is repeated over a's leading dimensions.";
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override;
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const override;
  Traits traits() const override { return {.in_place = {{0, 0}}}; }
  std::vector<std::optional<ValueId>> gradient(const GradientContext& context) const override;
};

}  // namespace weft
