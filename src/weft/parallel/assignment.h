#pragma once
// An assignment: how every node of a graph is divided over a mesh, and where every value then lies.
// Strategies make them, the partition carries them out.
#include <vector>

#include "weft/graph/graph.h"
#include "weft/parallel/mesh.h"
#include "weft/parallel/placement.h"

namespace weft {

struct NodeAssignment {
  /// For each axis of the op's index map the mesh axes that split it, outermost first.
  std::vector<std::vector<int>> axes;
  int stage = 0;            ///< of a pipeline; the partition knows stage 0 only
  bool recomputed = false;  ///< made again where it is used; the partition does not do so yet

  /// The axis of the op that mesh axis m splits, or -1.
  int axis_of(int m) const;
  bool splits(int m) const { return axis_of(m) >= 0; }
};

struct Assignment {
  std::vector<NodeAssignment> nodes;
  /// Of each value. Inputs and states lie where the strategy chooses; results where place_values finds them.
  std::vector<Placement> placements;
};

/// The assignment in which every rank has and does everything: what a strategy starts from.
Assignment undivided(const Graph& graph);

/// The placements of all results, from the nodes' axes and from where inputs and states lie: a result is
/// sharded where the major axis of a dimension is split, and partial over the mesh axes that split an axis
/// which it lacks. A linear node passes on the sums that its inputs still owe.
void place_values(const Graph& graph, Assignment& assignment);

/// Throws InternalError naming the first node or value that breaks a rule: axes that are whole, or even and
/// not divisible, are not split; a mesh axis splits at most one axis of a node and at most one dimension of a
/// value; every result is where place_values finds it; only a state that starts at zero may be partial.
void verify(const Assignment& assignment, const Graph& graph, const Mesh& mesh);

}  // namespace weft
