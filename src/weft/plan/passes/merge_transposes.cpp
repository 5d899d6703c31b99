#include "weft/plan/passes/merge_transposes.h"

#include "weft/ops/shape/transpose.h"
#include "weft/plan/passes/rebuild.h"

namespace weft {

namespace {

const Transpose* as_transpose(const Graph& graph, ValueId id) {
  const Value& value = graph.value(id);
  if (value.kind != ValueKind::result) return nullptr;
  const Op& op = *graph.node(value.producer).op;
  return op.name() == Transpose::kName ? &static_cast<const Transpose&>(op) : nullptr;
}

/// Result dimension i is dimension first[second[i]] of what the first reads.
std::vector<int> one_after_the_other(const std::vector<int>& first, const std::vector<int>& second) {
  std::vector<int> order;
  for (const int d : second) order.push_back(first[static_cast<size_t>(d)]);
  return order;
}

bool changes_nothing(const std::vector<int>& order) {
  for (size_t d = 0; d < order.size(); ++d) {
    if (order[d] != static_cast<int>(d)) return false;
  }
  return true;
}

PassResult run(const Graph& graph, const PlanContext& /*context*/) {
  Rebuild rebuild(graph);
  int64_t merged = 0;
  for (const Node& node : graph.nodes()) {
    const Transpose* second = as_transpose(graph, node.outputs[0]);
    if (second == nullptr) {
      rebuild.copy(node);
      continue;
    }
    std::vector<int> order = second->order;
    ValueId from = node.inputs[0];
    for (const Transpose* first = as_transpose(graph, from); first != nullptr;
         first = as_transpose(graph, from)) {
      order = one_after_the_other(first->order, order);
      from = graph.node(graph.value(from).producer).inputs[0];
    }
    if (from == node.inputs[0] && !changes_nothing(order)) {
      rebuild.copy(node);
      continue;
    }
    ++merged;
    const BuilderScope like = rebuild.build().like(node);
    const ValueId now = rebuild.mapped(from);
    rebuild.replace(node.outputs[0], changes_nothing(order) ? now : transpose(rebuild.build(), now, order));
  }
  return {std::move(rebuild).finish(), merged};
}

void turned_back(GraphBuilder& build) {
  const ValueId x = build.input("x", {DType::f32, {2, 3, 4}}, {"batch", "time", "c"});
  const ValueId turned = transpose(build, x, {1, 2, 0});
  build.output("y", transpose(build, turned, {1, 0, 2}));
  build.output("x again", transpose(build, turned, {2, 0, 1}));
}

}  // namespace

Pass merge_transposes() {
  return {
      {.name = "merge_transposes",
       .summary = "A transpose of what transposes made becomes one transpose of what the first read, or that "
                  "itself where they undo each other. A transpose that nothing reads any more is removed by "
                  "eliminate_dead.",
       .needs = "Nothing.",
       .promises = "Every result has the bits that it had.",
       .place = "Before eliminate_dead, because that removes the transposes that are left without readers.",
       .counts = "transposes that read another's operand",
       .example = {.before = turned_back, .after = R"(segment accumulate: each microbatch, 1 slot
input @x: f32[2, 3, 4] (batch, time, c)
%0 = transpose(@x) order=[1, 2, 0]: f32[3, 4, 2]  # accumulate
%1 = transpose(@x) order=[2, 1, 0]: f32[4, 3, 2]  # accumulate
output y = %1  # accumulate
output x again = @x  # accumulate
)"}},
      run};
}

}  // namespace weft
