#pragma once
#include <utility>

#include "weft/graph/graph.h"
#include "weft/graph/schema.h"

namespace weft {

/// New running (mean, variance) [C] from the old ones and `sums` [2, C] over `count` elements a channel:
/// old + momentum * (batch - old), with the unbiased variance where count > 1. Has no gradient.
std::pair<ValueId, ValueId> bn_update_running(GraphBuilder& build, ValueId mean, ValueId variance,
                                              ValueId sums, int64_t count, double momentum);

/// Operands mean, variance, sums; results mean, variance. See bn_update_running().
struct BnUpdateRunning final : Schema<BnUpdateRunning> {
  static constexpr std::string_view kName = "bn_update_running";
  static constexpr std::string_view kMeaning =
      "The running mean and variance [C] of batch normalisation moved towards those of the batch, which the "
      "sums [2, C] of bn_sums give: old + momentum * (batch - old), with the unbiased variance. It has no "
      "gradient.";
  int64_t count = 1;
  double momentum = 0;
  BnUpdateRunning() = default;
  BnUpdateRunning(int64_t n, double m) : count(n), momentum(m) {}

  template <class Visitor, class Self>
  static void visit(Visitor& v, Self& op) {
    v("count", op.count, "elements of a channel of the whole tensor, behind the sums");
    v("momentum", op.momentum, "share of the batch in the new statistics");
  }
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override;
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const override;
  Traits traits() const override { return {.in_place = {{0, 0}, {1, 1}}, .flops_per_point = 5}; }
};

}  // namespace weft
