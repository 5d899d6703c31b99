#pragma once
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "weft/graph/graph.h"

namespace weft {

/// What a training step does to a whole batch before the network is given it, as part of the graph.
class BatchMixing {
 public:
  virtual ~BatchMixing() = default;
  /// The batch that the network is given instead of `samples`. Scalars are of the dtype `scalars`.
  virtual ValueId input(GraphBuilder& build, ValueId samples, DType scalars) const = 0;
  /// The loss of what the network made of that; `loss` is that of predictions against the batch's targets.
  using LossOf = std::function<ValueId(ValueId predictions)>;
  virtual ValueId loss(GraphBuilder& build, ValueId predictions, const LossOf& loss, DType scalars) const = 0;
  /// The graph's scalar inputs that microbatch `number` sets, with their values.
  virtual std::vector<std::pair<std::string, double>> scalars(uint64_t seed, int64_t number) const = 0;
};

}  // namespace weft
