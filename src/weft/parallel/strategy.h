#pragma once
// A strategy decides how a graph is divided over a mesh, and nothing else: who computes which part of every
// node, and where inputs and states lie. What must be communicated follows, and is the partition's business.
#include "weft/machine/machine.h"
#include "weft/parallel/assignment.h"

namespace weft {

class Strategy {
 public:
  virtual ~Strategy() = default;
  /// Pure: every rank calls it with the same arguments and must get the same assignment. Post: verify()
  /// holds. Throws UserError where the mesh cannot divide the graph.
  virtual Assignment assign(const Graph& graph, const Mesh& mesh, const Machine& machine) const = 0;
};

}  // namespace weft
