#pragma once
// Strategy: which axis of each op every mesh axis splits, and so where every value lies. Nothing here knows a
// model: the dimensions of all values that run together through the index maps form classes, and a mesh axis
// splits classes.
#include <map>
#include <string>
#include <vector>

#include "weft/graph/graph.h"
#include "weft/parallel/mesh.h"
#include "weft/parallel/placement.h"

namespace weft {

struct AssignOptions {
  /// Divide the nodes marked shard_with_data over the axis "data" (ZeRO: Rajbhandari et al., SC'20).
  bool shard_optimizer = false;
  /// Input dimension split by a mesh axis; axes not named here split parameter classes ("tensor").
  std::map<std::string, std::string> input_dimension = {{"data", "batch"},
                                                        {"sequence", "sequence"},
                                                        {"depth", "depth"},
                                                        {"height", "height"},
                                                        {"width", "width"}};
};

struct Assignment {
  /// For each node and mesh axis: the op axis that it splits, or -1.
  std::vector<std::vector<int>> node_axes;
  std::vector<Placement> placements;  ///< of each value
};

/// Throws UserError when a mesh axis finds nothing that it can split.
Assignment assign(const Graph& graph, const Mesh& mesh, const AssignOptions& options);

}  // namespace weft
