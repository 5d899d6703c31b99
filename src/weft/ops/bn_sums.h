#pragma once
#include "weft/graph/graph.h"
#include "weft/graph/schema.h"

namespace weft {

/// For each channel of x [..., C]: the sum and the sum of squares, [2, C] of the statistics dtype. The
/// gradient through them is part of bn_apply's, so that this op has none of its own.
ValueId bn_sums(GraphBuilder& build, ValueId x);

/// Index map pieces of [2, C] operands beside x [..., C]: the axes of x and one more, "two".
std::vector<Axis> channel_axes(const Dims& x);
OperandMap channel_sums_map(const Dims& x);

/// Operand x; see bn_sums().
struct BnSums final : Schema<BnSums> {
  static constexpr std::string_view kName = "bn_sums";
  static constexpr std::string_view kMeaning =
      "What the statistics of batch normalisation are made of: for each channel of x [..., C] the sum and "
      "the sum of squares, [2, C]. Its gradient is part of bn_apply's.";
  BnSums() = default;

  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override;
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const override;
  /// The two sums are an axis of the map: three operations make both.
  Traits traits() const override { return {.flops_per_point = 1.5}; }
};

}  // namespace weft
