#pragma once
// Partition: a global graph and an assignment become the graph of one rank. Wherever the region that a node
// needs is not the region that the rank owns, the difference becomes communication nodes.
#include <map>
#include <string>

#include "weft/parallel/assignment.h"

namespace weft {

/// How one named value of the local graph lies in the global tensor.
struct LocalValue {
  TensorType global_type;
  Region region;
  std::string placement;  ///< for people: "tensor: Shard(0)"
  bool owner = true;      ///< no rank of lower number holds the same region: it writes checkpoints
};

struct LocalGraph {
  Graph graph;
  std::map<std::string, LocalValue> named;  ///< inputs and states by name
};

/// Pure: the same on any machine, so that 64 ranks can be planned where one runs.
/// Pre: verify(assignment, graph, mesh), which is called; stage 0 and nothing recomputed. Post: the graph
/// verifies; its types are local shapes; the local graphs of all ranks communicate in the same order.
LocalGraph partition(const Graph& graph, const Assignment& assignment, const Mesh& mesh, int rank);

}  // namespace weft
