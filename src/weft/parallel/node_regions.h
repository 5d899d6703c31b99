#pragma once
// What one node needs and makes on each rank: derived from its index map and the axes that the mesh splits.
#include "weft/parallel/assignment.h"

namespace weft {

class NodeRegions {
 public:
  NodeRegions(const Graph& graph, const Assignment& assignment, const Mesh& mesh, NodeId node);

  /// The box of input i that `rank` must have to make what it owns of the outputs.
  Region input(size_t i, int rank) const;
  /// The placement that input i would have if it followed the node's split (halos left aside).
  Placement input_placement(size_t i) const;
  /// Whether, on every rank, input() is just what `placement` gives it. Follows from the maps, without a look
  /// at the ranks; false may mean that this cannot be told.
  bool input_lies_as(size_t i, const Placement& placement) const;
  /// How many points a rank has along the axes that output o lacks.
  int64_t reduced_points(size_t o, int rank) const;
  /// Whether mesh axis m splits an axis of the node.
  bool splits(int m) const { return assigned_.splits(m); }

 private:
  std::vector<Range> axis_ranges(int rank) const;
  bool follows_an_output(int axis) const;
  const std::vector<int>& split_by(int axis) const { return assigned_.axes[static_cast<size_t>(axis)]; }

  const Mesh* mesh_;  ///< outlives this
  IndexMap map_;
  NodeAssignment assigned_;
  std::vector<Dims> input_shapes_;
  std::vector<Dims> output_shapes_;
  std::vector<Placement> output_placements_;
};

}  // namespace weft
