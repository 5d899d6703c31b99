#include "weft/plan/passes/schedule.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "weft/base/check.h"
#include "weft/ops/pointwise/add_n.h"
#include "weft/ops/shape/transpose.h"
#include "weft/parallel/comm_ops.h"
#include "weft/parallel/optimizer_nodes.h"
#include "weft/plan/passes/rebuild.h"

namespace weft {

namespace {

class Scheduler {
 public:
  explicit Scheduler(const Graph& graph)
      : graph_(graph),
        optimizer_(optimizer_nodes(graph)),
        waiting_for_(graph.nodes().size(), 0),
        followers_(graph.nodes().size()) {
    for (size_t n = 0; n < graph.nodes().size(); ++n) {
      for (const ValueId id : graph.nodes()[n].inputs) {
        const Value& value = graph.value(id);
        if (value.kind == ValueKind::result) before(value.producer.at(), n);
      }
    }
    order_overwrites();
  }

  PassResult run() {
    Rebuild rebuild(graph_);
    for (const SegmentId segment : graph_.order()) run_segment(segment, rebuild);
    return {std::move(rebuild).finish(), moved_};
  }

 private:
  void before(size_t first, size_t second) {
    if (first == second) return;
    followers_[first].push_back(second);
    ++waiting_for_[second];
  }

  /// The value that each value is a view of; itself for any other.
  std::vector<ValueId> viewed_values() const {
    std::vector<ValueId> viewed;
    for (size_t v = 0; v < graph_.values().size(); ++v) viewed.push_back({static_cast<int32_t>(v)});
    for (const Node& node : graph_.nodes()) {
      if (node.op->traits().view) viewed[node.outputs[0].at()] = viewed[node.inputs[0].at()];
    }
    return viewed;
  }

  /// The producer of a state's next value runs after every other reader of the state or of a view of it, so
  /// that it may overwrite it.
  void order_overwrites() {
    const std::vector<ValueId> viewed = viewed_values();
    std::map<ValueId, std::vector<size_t>> readers;
    for (size_t n = 0; n < graph_.nodes().size(); ++n) {
      for (const ValueId id : graph_.nodes()[n].inputs) readers[viewed[id.at()]].push_back(n);
    }
    for (const StateUpdate& update : graph_.updates()) {
      const Value& next = graph_.value(update.next);
      if (next.kind != ValueKind::result) continue;
      const size_t producer = next.producer.at();
      for (const size_t n : readers[update.state]) {
        // A reader that stands after the producer keeps the old value alive: the memory plan then copies
        // instead.
        if (n < producer && graph_.nodes()[n].segment == update.segment) before(n, producer);
      }
    }
  }

  /// A node that waits for communication is never eager: what is independent of it should run meanwhile.
  bool eager(size_t n) const {
    const Node& node = graph_.nodes()[n];
    if (node.op->communication() != nullptr) return true;
    return optimizer_[n] && std::none_of(node.inputs.begin(), node.inputs.end(), [&](ValueId id) {
             const Value& value = graph_.value(id);
             return value.kind == ValueKind::result &&
                    graph_.node(value.producer).op->communication() != nullptr;
           });
  }

  void run_segment(SegmentId segment, Rebuild& rebuild) {
    std::set<size_t> ready;        // by original position
    std::set<size_t> ready_eager;  // these first
    std::set<size_t> left;
    const auto enqueue = [&](size_t n) { (eager(n) ? ready_eager : ready).insert(n); };
    for (size_t n = 0; n < graph_.nodes().size(); ++n) {
      if (graph_.nodes()[n].segment != segment) continue;
      left.insert(n);
      if (waiting_for_[n] == 0) enqueue(n);
    }
    while (!ready.empty() || !ready_eager.empty()) {
      std::set<size_t>& from = ready_eager.empty() ? ready : ready_eager;
      const size_t n = *from.begin();
      from.erase(from.begin());
      rebuild.copy(graph_.nodes()[n]);
      if (n != *left.begin()) ++moved_;
      left.erase(n);
      for (const size_t follower : followers_[n]) {
        if (--waiting_for_[follower] == 0) enqueue(follower);
      }
    }
    WEFT_CHECK(left.empty(), "the segment {} has a cycle: {}", graph_.segment(segment).name, cycle_in(left));
  }

  /// "add waits for scale, which waits for add": nodes that never become ready.
  std::string cycle_in(const std::set<size_t>& left) const {
    std::vector<size_t> path{*left.begin()};
    while (std::count(path.begin(), path.end(), path.back()) == 1) {
      const auto awaited = std::find_if(left.begin(), left.end(), [&](size_t n) {
        return std::find(followers_[n].begin(), followers_[n].end(), path.back()) != followers_[n].end();
      });
      if (awaited == left.end()) break;  // waits for another segment
      path.push_back(*awaited);
    }
    path.erase(path.begin(), std::find(path.begin(), path.end(), path.back()));
    std::string text;
    for (size_t i = 0; i < path.size(); ++i) {
      const Node& node = graph_.nodes()[path[i]];
      if (i > 0) text += i == 1 ? " waits for " : ", which waits for ";
      text += node.label.empty() ? node.op->title() : fmt::format("{} ({})", node.op->title(), node.label);
    }
    return text;
  }

  const Graph& graph_;
  std::vector<bool> optimizer_;  ///< by node
  std::vector<int> waiting_for_;
  std::vector<std::vector<size_t>> followers_;
  int64_t moved_ = 0;
};

PassResult run(const Graph& graph, const PlanContext& /*context*/) { return Scheduler(graph).run(); }

void late_start(GraphBuilder& build) {
  const ValueId x = build.input("x", {DType::f32, {4, 4}}, {"batch", "c"});
  const ValueId owed = add_n(build, std::array{x, x});
  const ValueId beside = transpose(build, x, {1, 0});
  const OpPtr sum = all_reduce_op({0}, 2, Combine::sum, {build.type(owed)});
  build.output("y", add_n(build, std::array{beside, build.add1(sum, {owed})}));
}

}  // namespace

Pass schedule() {
  return {
      {.name = "schedule",
       .summary =
           "Orders the nodes, each segment by itself: communication as soon as its operand is there, so that "
           "it runs beside what follows; what waits for it in its old place or later; optimizer nodes as "
           "soon as nobody reads the old parameter any more, so that gradients die early; a node that "
           "overwrites a state after all readers of the state. Everything else keeps its order.",
       .needs = "Values cross segments only as states.",
       .promises =
           "Communication starts in one order on every rank, since no decision looks at local shapes.",
       .place = "After hoist, because it must see all nodes that will run; before emit_program, because that "
                "reads lifetimes off the order.",
       .counts = "nodes that run before one that stood before them",
       .example = {.before = late_start, .after = R"(segment accumulate: each microbatch, 1 slot
input @x: f32[4, 4] (batch, c)
%0 = add_n(@x, @x): f32[4, 4]  # accumulate
%1 = all_reduce(%0) over=[0] ranks=2 combine=sum: f32[4, 4]  # accumulate
%2 = transpose(@x) order=[1, 0]: f32[4, 4]  # accumulate
%3 = add_n(%2, %1): f32[4, 4]  # accumulate
output y = %3  # accumulate
)"}},
      run};
}

}  // namespace weft
