#include "weft/plan/graph_totals.h"

#include <algorithm>

#include "weft/base/alignment.h"
#include "weft/plan/buffers.h"

namespace weft {

namespace {

int64_t most_alive(const SegmentBuffers& buffers) {
  std::vector<int64_t> change(buffers.steps.size() + 2, 0);
  for (const Lifetime& transient : buffers.transients) {
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

int64_t held_bytes(const Graph& graph) {
  int64_t most = 0;
  for (const SegmentId segment : graph.order()) {
    most = std::max(most, most_alive(share_buffers(graph, segment)));
  }
  int64_t named = 0;
  for (const Value& value : graph.values()) {
    if (value.kind != ValueKind::result) named += aligned(value.type.bytes());
  }
  return named + most;
}

}  // namespace

GraphTotals totals_of(const Graph& graph, NodePrices& prices) {
  GraphTotals totals;
  totals.nodes = static_cast<int64_t>(graph.nodes().size());
  for (const Node& node : graph.nodes()) {
    const Price price = prices.of(*node.op, graph.input_types(node), graph.output_types(node));
    totals.flops += price.flops;
    totals.moved_bytes += price.moved_bytes;
    totals.sent_bytes += price.network_bytes;
    totals.ms += price.ms;
  }
  totals.held_bytes = held_bytes(graph);
  return totals;
}

}  // namespace weft
