#include "weft/parallel/running_sum.h"

#include <algorithm>

namespace weft {

namespace {

/// A linear function of nothing.
bool is_zero(const Node& node) { return node.inputs.empty() && node.op->traits().linear; }

bool adds_to(const Node& node, ValueId state) {
  return node.op->traits().linear &&
         std::find(node.inputs.begin(), node.inputs.end(), state) != node.inputs.end();
}

}  // namespace

bool is_running_sum(const Graph& graph, ValueId state) {
  const Value& value = graph.value(state);
  const bool from_zero =
      value.initializer.kind == Initializer::Kind::constant && value.initializer.scale == 0;
  if (value.kind != ValueKind::state || value.state_kind == kParameter || !from_zero) return false;
  bool is_cleared = false;
  for (const StateUpdate& update : graph.updates()) {
    if (update.state != state) continue;
    const Value& next = graph.value(update.next);
    if (next.kind != ValueKind::result) return false;
    const Node& node = graph.node(next.producer);
    if (is_zero(node)) {
      is_cleared = is_cleared || graph.segment(update.segment).cadence == Cadence::each_step();
    } else if (!adds_to(node, state)) {
      return false;
    }
  }
  return is_cleared;
}

}  // namespace weft
