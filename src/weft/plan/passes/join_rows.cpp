#include "weft/plan/passes/join_rows.h"

#include <algorithm>
#include <map>
#include <set>

#include "weft/graph/readers.h"
#include "weft/ops/reduce/reduce.h"
#include "weft/ops/staged/rows_form.h"
#include "weft/ops/staged/staged.h"
#include "weft/plan/passes/rebuild.h"

namespace weft {

namespace {

/// Nodes that run together, each as computation over the rows.
struct Group {
  size_t row_axes = 0;               ///< how many leading dimensions the rows are
  std::map<ValueId, bool> has_rows;  ///< of what the steps read and make; it must be one or the other
  std::vector<size_t> nodes;
  std::vector<Pointwise> steps;
};

class RowJoining {
 public:
  explicit RowJoining(const Graph& graph)
      : graph_(graph),
        rebuild_(graph),
        readers_(readers_of(graph)),
        kept_(graph.values().size(), false),
        group_of_(graph.nodes().size(), -1) {
    for (const GraphOutput& output : graph.outputs()) kept_[output.value.at()] = true;
    for (const StateUpdate& update : graph.updates()) kept_[update.next.at()] = true;
  }

  PassResult run() {
    for (size_t n = 0; n < graph_.nodes().size(); ++n) {
      if (group_of_[n] < 0) grow_from(n);
    }
    int64_t joined = 0;
    for (size_t n = 0; n < graph_.nodes().size(); ++n) {
      if (group_of_[n] < 0) {
        rebuild_.copy(graph_.nodes()[n]);
        continue;
      }
      const Group& group = groups_[static_cast<size_t>(group_of_[n])];
      if (group.nodes.back() != n) continue;
      emit(group);
      joined += std::ssize(group.nodes);
    }
    return {std::move(rebuild_).finish(), joined};
  }

 private:
  /// Rows of bits need not begin at a byte, and stay out.
  std::optional<Pointwise> computation_of(const Node& node) const {
    const std::vector<TensorType> inputs = graph_.input_types(node), outputs = graph_.output_types(node);
    const auto is_bits = [](const TensorType& type) { return type.dtype == DType::bit; };
    if (std::any_of(inputs.begin(), inputs.end(), is_bits)) return std::nullopt;
    if (std::any_of(outputs.begin(), outputs.end(), is_bits)) return std::nullopt;
    return as_pointwise(*node.op, inputs);
  }

  /// A reduction that keeps leading dimensions starts a group; its rows are what it keeps.
  std::optional<Group> seed(size_t n) const {
    const Node& node = graph_.nodes()[n];
    const std::optional<Pointwise> op = computation_of(node);
    if (!op) return std::nullopt;
    for (size_t r = 0; r < op->results.size(); ++r) {
      if (op->rule(r) == nullptr) continue;
      if (std::optional<Pointwise> step = over_rows(*op, op->results[r])) {
        Group group{op->results[r].size(), {}, {}, {}};
        if (join(group, n, std::move(*step))) return group;
      }
    }
    return std::nullopt;
  }

  /// False, and the group as it was, where a value would be read with rows and without.
  bool join(Group& group, size_t n, Pointwise step) const {
    const Node& node = graph_.nodes()[n];
    std::map<ValueId, bool> has_rows = group.has_rows;
    for (size_t i = 0; i < node.inputs.size(); ++i) {
      const bool rows = !step.operands[i].empty() && step.operands[i][0] == 0;
      if (has_rows.emplace(node.inputs[i], rows).first->second != rows) return false;
    }
    for (const ValueId id : node.outputs) has_rows[id] = true;
    group.has_rows = std::move(has_rows);
    group.nodes.push_back(n);
    group.steps.push_back(std::move(step));
    return true;
  }

  /// Later nodes join until one reads what the group makes and cannot: the group stands where its last node
  /// stands, and so before every other reader.
  void grow_from(size_t first) {
    std::optional<Group> group = seed(first);
    if (!group) return;
    const SegmentId segment = graph_.nodes()[first].segment;
    std::set<ValueId> made;
    std::set<size_t> reading;  // what the group makes, and not looked at yet
    const auto make = [&](size_t n) {
      for (const ValueId id : graph_.nodes()[n].outputs) {
        made.insert(id);
        reading.insert(readers_[id.at()].begin(), readers_[id.at()].end());
      }
    };
    for (make(first); !reading.empty();) {
      const size_t n = *reading.begin();
      reading.erase(reading.begin());
      const Node& node = graph_.nodes()[n];
      if (group_of_[n] >= 0 || node.segment != segment || !belongs(*group, node, made)) break;
      std::optional<Pointwise> step = step_of(*group, node, made);
      if (!step || !join(*group, n, std::move(*step))) break;
      make(n);
    }
    if (group->nodes.size() < 2) return;
    for (const size_t n : group->nodes) group_of_[n] = static_cast<int>(groups_.size());
    groups_.push_back(std::move(*group));
  }

  /// Whether it reads what was reduced, or puts values together that nobody else reads, as a gradient that is
  /// a sum. One that just goes on from a single value stays apart: there would be no end.
  bool belongs(const Group& group, const Node& node, const std::set<ValueId>& made) const {
    int alone = 0;
    for (const ValueId id : node.inputs) {
      if (!made.contains(id)) continue;
      if (graph_.type(id).shape.size() == group.row_axes) return true;
      if (kept_[id.at()] || readers_[id.at()].size() > 1) return false;
      ++alone;
    }
    return alone > 1;
  }

  /// The node over the rows that its operand from the group has first.
  std::optional<Pointwise> step_of(const Group& group, const Node& node,
                                   const std::set<ValueId>& made) const {
    const std::optional<Pointwise> op = computation_of(node);
    if (!op) return std::nullopt;
    for (size_t i = 0; i < node.inputs.size(); ++i) {
      if (!made.contains(node.inputs[i])) continue;
      const std::vector<int>& axes = op->operands[i];
      return over_rows(*op, std::span(axes).first(std::min(group.row_axes, axes.size())));
    }
    return std::nullopt;
  }

  bool leaves(const Group& group, ValueId id) const {
    const auto outside = [&](size_t reader) {
      return std::find(group.nodes.begin(), group.nodes.end(), reader) == group.nodes.end();
    };
    const std::vector<size_t>& readers = readers_[id.at()];
    return kept_[id.at()] || std::any_of(readers.begin(), readers.end(), outside);
  }

  void emit(const Group& group) {
    auto op = std::make_shared<Staged>();
    std::map<ValueId, int> numbers;
    std::vector<ValueId> inputs;
    for (const size_t n : group.nodes) {
      for (const ValueId id : graph_.nodes()[n].inputs) {
        const Value& value = graph_.value(id);
        const bool inside = value.kind == ValueKind::result && group_of_[value.producer.at()] == group_of_[n];
        if (!inside && numbers.emplace(id, static_cast<int>(inputs.size())).second) inputs.push_back(id);
      }
    }
    op->operands = static_cast<int>(inputs.size());
    std::vector<ValueId> outputs;
    for (size_t s = 0; s < group.nodes.size(); ++s) {
      const Node& node = graph_.nodes()[group.nodes[s]];
      StagedStep step{group.steps[s], {}};
      for (const ValueId id : node.inputs) step.inputs.push_back(numbers.at(id));
      for (size_t o = 0; o < node.outputs.size(); ++o) {
        const ValueId id = node.outputs[o];
        numbers.emplace(id, static_cast<int>(numbers.size()));
        if (leaves(group, id)) {
          op->results.push_back(numbers.at(id));
          op->types.push_back(graph_.type(id));
          outputs.push_back(id);
        } else if (step.op.dtypes[o] == DType::bf16) {
          step.op.dtypes[o] = DType::f32;  // what stays in cache need not be rounded
        }
      }
      op->steps.push_back(std::move(step));
    }
    for (ValueId& id : inputs) id = rebuild_.mapped(id);
    const BuilderScope like = rebuild_.build().like(graph_.nodes()[group.nodes.back()]);
    const std::vector<ValueId> now = rebuild_.build().add(std::move(op), inputs);
    for (size_t o = 0; o < outputs.size(); ++o) rebuild_.replace(outputs[o], now[o]);
  }

  const Graph& graph_;
  Rebuild rebuild_;
  std::vector<std::vector<size_t>> readers_;
  std::vector<bool> kept_;  ///< by value: read after its segment
  std::vector<int> group_of_;
  std::vector<Group> groups_;
};

PassResult run(const Graph& graph, const PlanContext& context) {
  if (!context.device.has(Staged::kName)) return {graph, 0};
  return RowJoining(graph).run();
}

void normalized(GraphBuilder& build) {
  const ValueId x = build.input("x", {DType::f32, {8, 4}}, {"batch", "c"});
  const ValueId sums = reduce(build, "sum", {x}, "x0", {1})[0];
  build.output("y", pointwise_beside(build, x, {{sums, {0}}}, "x0 / x1"));
}

}  // namespace

Pass join_rows() {
  return {
      {.name = "join_rows",
       .summary = "A reduction and the nodes that read its results become one node, which a device runs on "
                  "some rows at a time: what one gives is in cache when the next reads it, and what no "
                  "other node reads is never written to memory. Nodes follow that read what was reduced, "
                  "or that put together values that nothing else reads.",
       .needs = "The graph is one rank's: where the reduced axis is divided, communication stands between "
                "the reduction and its readers, and they stay apart.",
       .promises = "Every result has the value that it had, but for roundings to bf16 that fall away with "
                   "what is no longer written.",
       .place = "After fold_sums, because a sum that an op adds to is no step; before pack_weights, because "
                "that and what follows look at the nodes that will run.",
       .counts = "nodes that are steps now",
       .example = {.before = normalized,
                   .after = R"(segment accumulate: each microbatch, 1 slot
input @x: f32[8, 4] (batch, c)
%0 = staged(@x) operands=1 steps=[[x0, [[0, 1]], [[0]], [sum], [f32], [8, 4], [[0, 8], [0, 4]], [0]], [x0 / x1, [[0, 1], [0]], [[0, 1]], [none], [f32], [8, 4], [[0, 8], [0, 4]], [0, 1]]] results=[2] types=[[f32, [8, 4]]]: f32[8, 4]  # accumulate
output y = %0  # accumulate
)",
                   .with = "a device that has staged nodes",
                   .set_up = [](PlanOptions&, Device& device) { device.add(Staged::kName, {}); }}},
      run};
}

}  // namespace weft
