#include "weft/graph/readers.h"

namespace weft {

std::vector<std::vector<size_t>> readers_of(const Graph& graph) {
  std::vector<std::vector<size_t>> readers(graph.values().size());
  for (size_t n = 0; n < graph.nodes().size(); ++n) {
    for (const ValueId id : graph.nodes()[n].inputs) {
      std::vector<size_t>& of_value = readers[id.at()];
      if (of_value.empty() || of_value.back() != n) of_value.push_back(n);
    }
  }
  return readers;
}

std::vector<int> count_uses(const Graph& graph) {
  std::vector<int> uses(graph.values().size(), 0);
  for (const Node& node : graph.nodes()) {
    for (const ValueId id : node.inputs) ++uses[id.at()];
  }
  for (const GraphOutput& output : graph.outputs()) ++uses[output.value.at()];
  for (const StateUpdate& update : graph.updates()) ++uses[update.next.at()];
  return uses;
}

}  // namespace weft
