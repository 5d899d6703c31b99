#include "weft/plan/passes/eliminate_dead.h"

#include <array>
#include "weft/ops/pointwise/add_n.h"
#include "weft/plan/passes/rebuild.h"

namespace weft {

namespace {

PassResult run(const Graph& graph, const PlanContext& /*context*/) {
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
  int64_t removed = 0;
  for (size_t n = 0; n < graph.nodes().size(); ++n) {
    if (keep[n]) {
      rebuild.copy(graph.nodes()[n]);
    } else {
      ++removed;
    }
  }
  return {std::move(rebuild).finish(), removed};
}

void two_results(GraphBuilder& build) {
  const ValueId x = build.input("x", {DType::f32, {8, 4}}, {"batch", "c"});
  add_n(build, std::array{add_n(build, std::array{x, x}), x});
  build.output("y", add_n(build, std::array{x, x}));
}

}  // namespace

Pass eliminate_dead() {
  return {
      {.name = "eliminate_dead",
       .summary = "Removes nodes whose results nothing reads.",
       .needs = "nothing",
       .promises = "Every node's result reaches an output or a state's next value.",
       .place = "Early, because differentiation builds gradients of everything that it passes, and every "
                "later stage would pay for the unused ones: the partition would even communicate for them.",
       .counts = "nodes removed",
       .example = {.before = two_results, .after = R"(segment accumulate: each microbatch, 1 slot
input @x: f32[8, 4] (batch, c)
%0 = add_n(@x, @x): f32[8, 4]  # accumulate
output y = %0  # accumulate
)"}},
      run};
}

}  // namespace weft
