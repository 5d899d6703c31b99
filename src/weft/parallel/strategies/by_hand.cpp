#include "weft/parallel/strategies/by_hand.h"

namespace weft {

Assignment ByHand::assign(const Graph& graph, const Mesh& /*mesh*/, const Machine& /*machine*/) const {
  Assignment assignment = undivided(graph);
  for (size_t n = 0; nodes_ && n < graph.nodes().size(); ++n) {
    const Node& node = graph.nodes()[n];
    const IndexMap map = node.op->index_map(graph.input_types(node), graph.output_types(node));
    assignment.nodes[n].axes = nodes_(graph, {static_cast<int32_t>(n)}, map);
  }
  for (size_t v = 0; values_ && v < graph.values().size(); ++v) {
    if (graph.values()[v].kind == ValueKind::result) continue;
    assignment.placements[v] = values_(graph, {static_cast<int32_t>(v)});
  }
  place_values(graph, assignment);
  return assignment;
}

}  // namespace weft
