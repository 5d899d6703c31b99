#include "weft/plan/graph_totals.h"

#include <algorithm>

#include "weft/plan/arena_layout.h"
#include "weft/plan/buffers.h"

namespace weft {

namespace {

int64_t most_alive(const PhaseBuffers& buffers) {
  std::vector<int64_t> change(buffers.steps.size() + 2, 0);
  for (const Transient& transient : buffers.transients) {
    change[static_cast<size_t>(transient.first)] += aligned(transient.bytes);
    change[static_cast<size_t>(transient.last) + 1] -= aligned(transient.bytes);
  }
  int64_t alive = 0;
  int64_t most = 0;
  for (const int64_t bytes : change) {
    alive += bytes;
    most = std::max(most, alive);
  }
  return most;
}

}  // namespace

GraphTotals totals_of(const Graph& graph) {
  GraphTotals totals;
  totals.nodes = static_cast<int64_t>(graph.nodes().size());
  for (const Node& node : graph.nodes()) {
    if (const CommSpec* spec = node.op->communication(); spec != nullptr) {
      totals.sent_bytes += spec->network_bytes;
      continue;
    }
    if (node.op->traits().view) continue;
    totals.flops += flops_of(*node.op, graph.input_types(node), graph.output_types(node));
    for (const ValueId id : node.inputs) totals.moved_bytes += graph.type(id).bytes();
    for (const ValueId id : node.outputs) totals.moved_bytes += graph.type(id).bytes();
  }
  int64_t most = 0;
  for (const Phase phase : kPhases) most = std::max(most, most_alive(share_buffers(graph, phase)));
  totals.held_bytes = most;
  for (const Value& value : graph.values()) {
    if (value.kind != ValueKind::result) totals.held_bytes += aligned(value.type.bytes());
  }
  return totals;
}

}  // namespace weft
