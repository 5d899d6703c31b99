#include "weft/plan/passes/eliminate_repeated.h"

#include <algorithm>
#include <unordered_map>

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
    if (has_free_axis(graph_, node)) return false;
    size_t hash = hash_of(*node.op);
    for (const ValueId id : node.inputs) hash = hash * 31 + rebuild_.mapped(id).at();
    const bool written =
        std::any_of(node.outputs.begin(), node.outputs.end(), [&](ValueId id) { return next_[id.at()]; });
    const auto [first, last] = seen_.equal_range(hash);
    for (auto at = first; at != last; ++at) {
      // A value can be written over one state only: another would be a copy.
      if (!same(*at->second.node, node) || (at->second.written && written)) continue;
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
    return a.phase == b.phase && a.shard_with_data == b.shard_with_data &&
           a.inputs.size() == b.inputs.size() &&
           std::equal(a.inputs.begin(), a.inputs.end(), b.inputs.begin(),
                      [&](ValueId x, ValueId y) { return rebuild_.mapped(x) == rebuild_.mapped(y); }) &&
           equal(*a.op, *b.op);
  }

  const Graph& graph_;
  Rebuild rebuild_;
  std::vector<bool> next_;
  std::unordered_multimap<size_t, Seen> seen_;
};

PassResult run(const Graph& graph, const PlanContext& /*context*/) { return Merging(graph).run(); }

}  // namespace

Pass eliminate_repeated() {
  return {
      {.name = "eliminate_repeated",
       .summary =
           "Common-subexpression elimination: nodes of one phase with equal ops on the same operands become "
           "one. Random ops are functions of "
           "their attributes and the step, so they merge like any other. Communication, ops with hidden "
           "state, and constants of a shape do not: two equal constants may lie differently on the mesh. "
           "Neither do two values that are written over two states.",
       .needs = "nothing",
       .promises = "Every result has the bits that it had.",
       .place =
           "After eliminate_dead, because what is dead need not be compared; before assign, because what is "
           "computed once is then also communicated once.",
       .counts = "nodes merged into an equal one",
       .example = {.before = R"(input @x: f32[4] (n)
%1 = scale(@x) factor=2: f32[4]  # accumulate
%2 = scale(@x) factor=2: f32[4]  # accumulate
%3 = multiply(%1, %2): f32[4]  # accumulate
output y = %3  # accumulate
)",
                   .after = R"(input @x: f32[4] (n)
%1 = scale(@x) factor=2: f32[4]  # accumulate
%2 = multiply(%1, %1): f32[4]  # accumulate
output y = %2  # accumulate
)"}},
      run};
}

}  // namespace weft
