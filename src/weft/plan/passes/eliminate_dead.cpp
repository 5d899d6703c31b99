#include "weft/plan/passes/eliminate_dead.h"

#include "weft/plan/passes/rebuild.h"

namespace weft {

Graph eliminate_dead(const Graph& graph, const PlanContext& /*context*/) {
  std::vector<bool> used(graph.values().size(), false);
  for (const StateUpdate& update : graph.updates()) used[update.next.at()] = true;
  for (const GraphOutput& output : graph.outputs()) used[output.value.at()] = true;
  std::vector<bool> keep(graph.nodes().size(), false);
  for (size_t n = graph.nodes().size(); n-- > 0;) {
    for (const ValueId id : graph.nodes()[n].outputs) keep[n] = keep[n] || used[id.at()];
    if (!keep[n]) continue;
    for (const ValueId id : graph.nodes()[n].inputs) used[id.at()] = true;
  }
  Rebuild rebuild(graph);
  for (size_t n = 0; n < graph.nodes().size(); ++n) {
    if (keep[n]) rebuild.copy(graph.nodes()[n]);
  }
  return std::move(rebuild).finish();
}

}  // namespace weft
