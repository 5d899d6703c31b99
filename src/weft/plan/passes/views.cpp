#include "weft/plan/passes/views.h"

namespace weft {

ValueId seen_through_views(const Graph& graph, ValueId id) {
  while (graph.value(id).kind == ValueKind::result) {
    const Node& node = graph.node(graph.value(id).producer);
    if (!node.op->traits().view) break;
    id = node.inputs[0];
  }
  return id;
}

}  // namespace weft
