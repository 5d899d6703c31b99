#include "weft/plan/passes/hoist.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "weft/plan/passes/rebuild.h"
#include "weft/plan/passes/settled.h"

namespace weft {

namespace {

class Hoisting {
 public:
  explicit Hoisting(const Graph& graph) : graph_(graph), rebuild_(graph), settled_(settled_values(graph)) {}

  PassResult run() {
    int64_t moved = 0;
    for (const Node& node : graph_.nodes()) {
      if (node.phase != Phase::refresh && settled_[node.outputs[0].at()]) {
        move(node);
        ++moved;
        continue;
      }
      for (const ValueId id : node.inputs) keep_for_readers(id);
      rebuild_.copy(node);
    }
    for (const StateUpdate& update : graph_.updates()) keep_for_readers(update.next);
    for (const GraphOutput& output : graph_.outputs()) keep_for_readers(output.value);
    return {std::move(rebuild_).finish(), moved};
  }

 private:
  /// A node of the phase `refresh` that computes what `node` does; one for all equal ones.
  struct Moved {
    OpPtr op;
    std::vector<ValueId> inputs;   ///< of the new graph
    std::vector<ValueId> outputs;  ///< of the new graph
    ValueId first;                 ///< the state that its label names
  };

  void move(const Node& node) {
    std::vector<ValueId> inputs;
    for (const ValueId id : node.inputs) {
      const auto found = moved_.find(id);
      inputs.push_back(found != moved_.end() ? moved_at_[found->second.first].outputs[found->second.second]
                                             : rebuild_.mapped(id));
    }
    const size_t at = place(node, std::move(inputs));
    for (size_t o = 0; o < node.outputs.size(); ++o) moved_[node.outputs[o]] = {at, o};
  }

  size_t place(const Node& node, std::vector<ValueId> inputs) {
    const auto found = std::find_if(moved_at_.begin(), moved_at_.end(), [&](const Moved& other) {
      return other.inputs == inputs && equal(*other.op, *node.op);
    });
    if (found != moved_at_.end()) return static_cast<size_t>(found - moved_at_.begin());
    const ValueId read = node.inputs[0];
    const auto before = moved_.find(read);
    const ValueId first = before != moved_.end() ? moved_at_[before->second.first].first : read;
    Node once = node;
    once.phase = Phase::refresh;
    once.label = graph_.value(first).name;
    once.shard_with_data = false;
    once.placement.clear();
    std::vector<ValueId> outputs = rebuild_.add_like(once, node.op, inputs);
    moved_at_.push_back({node.op, std::move(inputs), std::move(outputs), first});
    return moved_at_.size() - 1;
  }

  /// From now on readers of a moved value read a derived state, since values do not cross phases.
  void keep_for_readers(ValueId id) {
    const auto found = moved_.find(id);
    if (found == moved_.end()) return;
    const Moved& moved = moved_at_[found->second.first];
    const ValueId result = moved.outputs[found->second.second];
    auto state = derived_.find(result);
    if (state == derived_.end()) {
      GraphBuilder& build = rebuild_.build();
      const std::string name = fmt::format("derived.{}.{}", derived_.size(), graph_.value(moved.first).name);
      Initializer derived;
      derived.kind = Initializer::Kind::derived;
      state = derived_.emplace(result, build.state(name, build.type(result), derived, false)).first;
      build.adopt(StateUpdate{state->second, result, Phase::refresh});
    }
    rebuild_.replace(id, state->second);
  }

  const Graph& graph_;
  Rebuild rebuild_;
  std::vector<bool> settled_;
  std::vector<Moved> moved_at_;
  std::map<ValueId, std::pair<size_t, size_t>>
      moved_;  ///< old value -> its place in moved_at_, and which output
  std::map<ValueId, ValueId> derived_;
};

PassResult run(const Graph& graph, const PlanContext& /*context*/) { return Hoisting(graph).run(); }

}  // namespace

Pass hoist() {
  return {
      {.name = "hoist",
       .summary =
           "What depends on states alone, and whose op says that it is worth it (the trait hoistable), moves "
           "to the phase refresh: once a step instead of once a microbatch. Its result becomes a derived "
           "state. Equal nodes, of whatever phases, become one.",
       .needs = "Refresh runs before every other phase of a step.",
       .promises = "What is moved reads only states that stay the same from one refresh to the next.",
       .place = "After pack_weights, because packing is what is most worth moving; before schedule, because "
                "it moves "
                "nodes between phases.",
       .counts = "nodes that run once a step now",
       .example = {.before = R"(parameter @w: f32[4]
input @x: bf16[4] (n)
%2 = cast(@w) dtype=bf16: bf16[4]  # accumulate
%3 = multiply(@x, %2): bf16[4]  # accumulate
output y = %3  # accumulate
)",
                   .after = R"(parameter @w: f32[4]
input @x: bf16[4] (n)
state @derived.0.w: bf16[4]
%3 = cast(@w) dtype=bf16: bf16[4]  # refresh w
%4 = multiply(@x, @derived.0.w): bf16[4]  # accumulate
@derived.0.w <- %3  # refresh
output y = %4  # accumulate
)"}},
      run};
}

}  // namespace weft
