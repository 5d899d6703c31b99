#include "weft/plan/passes/settled.h"

#include <algorithm>

namespace weft {

namespace {

/// Whether the phase's updates come into force only when all readers of this step are done.
bool ends_the_step(const Graph& graph, Phase phase) {
  if (phase == Phase::update) return true;
  // Where there is something to do after the microbatches, there may be several of them.
  return phase == Phase::accumulate && std::none_of(graph.updates().begin(), graph.updates().end(),
                                                    [](const auto& u) { return u.phase == Phase::update; });
}

}  // namespace

std::vector<bool> settled_values(const Graph& graph) {
  std::vector<bool> settled(graph.values().size(), false);
  for (size_t v = 0; v < settled.size(); ++v) settled[v] = graph.values()[v].kind == ValueKind::state;
  for (const StateUpdate& update : graph.updates()) {
    if (!ends_the_step(graph, update.phase)) settled[update.state.at()] = false;
  }
  for (const Node& node : graph.nodes()) {
    const Traits traits = node.op->traits();
    if (!traits.hoistable || traits.hidden_state || node.op->communication() != nullptr ||
        node.inputs.empty())
      continue;
    const bool all =
        std::all_of(node.inputs.begin(), node.inputs.end(), [&](ValueId id) { return settled[id.at()]; });
    for (const ValueId id : node.outputs) settled[id.at()] = all;
  }
  return settled;
}

}  // namespace weft
