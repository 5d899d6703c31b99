#pragma once
// Mesh axes by their names: "data" takes the dimension "batch", "height" that of "height", and so on, in
// every op that does not need it whole; any other axis ("tensor") takes every class of parameter dimensions
// that no op needs whole, those with the most arithmetic first, at most one axis of a node. In a GPT these
// are the heads, the hidden units of the feed-forward layer and the vocabulary: the split of Megatron
// (Shoeybi et al. 2019), found and not written.
#include <map>
#include <string>

#include "weft/parallel/optimizer_nodes.h"
#include "weft/parallel/strategy.h"

namespace weft {

struct NamedAxesOptions {
  /// Divide the optimizer's nodes over the axis "data" as well (ZeRO: Rajbhandari et al., SC'20).
  bool shard_optimizer = false;
  /// Input dimension split by a mesh axis; axes not named here split parameter classes ("tensor").
  std::map<std::string, std::string> input_dimension = {{"data", kDataDimension},
                                                        {"sequence", "sequence"},
                                                        {"depth", "depth"},
                                                        {"height", "height"},
                                                        {"width", "width"}};
};

class NamedAxes final : public Strategy {
 public:
  explicit NamedAxes(NamedAxesOptions options = {}) : options_(std::move(options)) {}
  /// Throws UserError when a mesh axis finds nothing that it can split.
  Assignment assign(const Graph& graph, const Mesh& mesh, const Machine& machine) const override;

 private:
  NamedAxesOptions options_;
};

}  // namespace weft
