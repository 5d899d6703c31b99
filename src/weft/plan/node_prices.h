#pragma once
#include <map>
#include <span>
#include <vector>

#include "weft/plan/passes/plan_options.h"
#include "weft/price/price.h"

namespace weft {

/// What nodes of one rank's graph cost on the machine that is planned for.
class NodePrices {
 public:
  /// `options` must outlive this.
  explicit NodePrices(const PlanOptions& options) : options_(options) {}

  /// A communication is priced for its group that this rank is in. `extra_bytes`: see Work.
  Price of(const Op& op, std::span<const TensorType> inputs, std::span<const TensorType> outputs,
           int64_t extra_bytes = 0);

 private:
  const PlanOptions& options_;
  /// Ranks by mesh axes, worked out once: a mesh may have very many ranks.
  std::map<std::vector<int>, std::vector<int>> groups_;
};

}  // namespace weft
