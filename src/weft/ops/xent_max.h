#pragma once
#include "weft/graph/graph.h"
#include "weft/graph/schema.h"

namespace weft {

/// The maximum of each row of logits [rows..., V]: [rows...] of the statistics dtype. Parts of V combine by
/// maximum. Has no gradient (see cross_entropy).
ValueId xent_max(GraphBuilder& build, ValueId logits);

struct XentMax final : Schema<XentMax> {
  static constexpr std::string_view kName = "xent_max";
  static constexpr std::string_view kMeaning =
      "The maximum of each row of logits [rows..., V]: [rows...]. The first step of cross_entropy.";
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override;
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const override;
  Traits traits() const override { return {.combine = {Combine::max}}; }
};

}  // namespace weft
