#include "weft/plan/passes/eliminate_repeated.h"

#include <algorithm>
#include <array>
#include <unordered_map>

#include "weft/ops/pointwise/add_n.h"
#include "weft/plan/passes/rebuild.h"

namespace weft {

namespace {

/// An axis that results have and operands lack is free: each of two equal nodes may split it in another way,
/// as their readers like it. One node could not.
bool has_free_axis(const Graph& graph, const Node& node) {
  const IndexMap map = node.op->index_map(graph.input_types(node), graph.output_types(node));
  std::vector<bool> bound(map.axes.size(), false);
  const auto for_each_axis = [](const std::vector<OperandMap>& operands, auto&& visit) {
    for (const OperandMap& operand : operands) {
      for (const IndexDim& dim : operand) {
        for (const Term& term : dim.terms) visit(static_cast<size_t>(term.axis));
      }
    }
  };
  bool free = false;
  for_each_axis(map.inputs, [&](size_t axis) { bound[axis] = true; });
  for_each_axis(map.outputs, [&](size_t axis) { free = free || !bound[axis]; });
  return free;
}

class Merging {
 public:
  explicit Merging(const Graph& graph) : graph_(graph), rebuild_(graph), next_(graph.values().size(), false) {
    for (const StateUpdate& update : graph.updates()) next_[update.next.at()] = true;
  }

  PassResult run() {
    int64_t merged = 0;
    for (const Node& node : graph_.nodes()) {
      if (merged_into_earlier(node)) {
        ++merged;
      } else {
        rebuild_.copy(node);
      }
    }
    return {std::move(rebuild_).finish(), merged};
  }

 private:
  struct Seen {
    const Node* node;
    bool written;  ///< some result is written over a state
  };

  bool merged_into_earlier(const Node& node) {
    if (node.op->communication() != nullptr || node.op->traits().hidden_state) return false;
    size_t hash = hash_of(*node.op);
    for (const ValueId id : node.inputs) hash = hash * 31 + rebuild_.mapped(id).at();
    const bool written =
        std::any_of(node.outputs.begin(), node.outputs.end(), [&](ValueId id) { return next_[id.at()]; });
    const auto [first, last] = seen_.equal_range(hash);
    for (auto at = first; at != last; ++at) {
      // A value can be written over one state only: another would be a copy.
      if (!same(*at->second.node, node) || (at->second.written && written)) continue;
      if (has_free_axis(graph_, node)) return false;
      at->second.written = at->second.written || written;
      for (size_t o = 0; o < node.outputs.size(); ++o) {
        rebuild_.replace(node.outputs[o], rebuild_.mapped(at->second.node->outputs[o]));
      }
      return true;
    }
    seen_.emplace(hash, Seen{&node, written});
    return false;
  }

  bool same(const Node& a, const Node& b) const {
    return a.segment == b.segment && a.inputs.size() == b.inputs.size() &&
           std::equal(a.inputs.begin(), a.inputs.end(), b.inputs.begin(),
                      [&](ValueId x, ValueId y) { return rebuild_.mapped(x) == rebuild_.mapped(y); }) &&
           equal(*a.op, *b.op);
  }

  const Graph& graph_;
  Rebuild rebuild_;
  std::vector<bool> next_;  ///< by value: whether it is a state's next
  std::unordered_multimap<size_t, Seen> seen_;
};

PassResult run(const Graph& graph, const PlanContext& /*context*/) { return Merging(graph).run(); }

void twice_the_same(GraphBuilder& build) {
  const ValueId x = build.input("x", {DType::f32, {8, 4}}, {"batch", "c"});
  const std::array<ValueId, 2> terms{add_n(build, std::array{x, x}), add_n(build, std::array{x, x})};
  build.output("y", add_n(build, terms));
}

}  // namespace

Pass eliminate_repeated() {
  return {
      {.name = "eliminate_repeated",
       .summary =
           "Common-subexpression elimination: nodes of one segment with equal ops on the same operands "
           "become one. Random numbers are functions of an op's attributes and the step, so that what draws "
           "them merges like anything else. Communication and ops with hidden state do not. Nor do nodes "
           "with a dimension that no operand has, as constants: two equal ones may lie differently on the "
           "mesh. Nor do two values that are written over two states.",
       .needs = "nothing",
       .promises = "Every result has the bits that it had.",
       .place = "After eliminate_dead, because what is dead need not be compared; before assign, because "
                "what is computed once is then also communicated once.",
       .counts = "nodes merged into an equal one",
       .example = {.before = twice_the_same, .after = R"(segment accumulate: each microbatch, 1 slot
input @x: f32[8, 4] (batch, c)
%0 = add_n(@x, @x): f32[8, 4]  # accumulate
%1 = add_n(%0, %0): f32[8, 4]  # accumulate
output y = %1  # accumulate
)"}},
      run};
}

}  // namespace weft
