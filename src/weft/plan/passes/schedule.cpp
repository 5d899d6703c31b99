#include "weft/plan/passes/schedule.h"

#include <algorithm>
#include <set>

#include "weft/base/check.h"
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

  Graph run() {
    Rebuild rebuild(graph_);
    for (const SegmentId segment : graph_.order()) run_segment(segment, rebuild);
    return std::move(rebuild).finish();
  }

 private:
  void before(size_t first, size_t second) {
    if (first == second) return;
    followers_[first].push_back(second);
    ++waiting_for_[second];
  }

  /// The producer of a state's next value runs after every other reader of the state, so that it may
  /// overwrite it.
  void order_overwrites() {
    for (const StateUpdate& update : graph_.updates()) {
      const Value& next = graph_.value(update.next);
      if (next.kind != ValueKind::result) continue;
      const size_t producer = next.producer.at();
      // A reader that stands after the producer keeps the old value alive: the memory plan then copies
      // instead.
      for (size_t n = 0; n < producer; ++n) {
        const Node& node = graph_.nodes()[n];
        const bool reads =
            std::find(node.inputs.begin(), node.inputs.end(), update.state) != node.inputs.end();
        if (reads && node.segment == update.segment) before(n, producer);
      }
    }
  }

  /// Whether the node reads the state or a view of it.
  bool reads(const Node& node, ValueId state) const {
    return std::any_of(node.inputs.begin(), node.inputs.end(), [&](ValueId id) {
      while (graph_.value(id).kind == ValueKind::result) {
        const Node& producer = graph_.node(graph_.value(id).producer);
        if (!producer.op->traits().view) break;
        id = producer.inputs[0];
      }
      return id == state;
    });
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
    size_t left = 0;
    const auto enqueue = [&](size_t n) { (eager(n) ? ready_eager : ready).insert(n); };
    for (size_t n = 0; n < graph_.nodes().size(); ++n) {
      if (graph_.nodes()[n].segment != segment) continue;
      ++left;
      if (waiting_for_[n] == 0) enqueue(n);
    }
    while (!ready.empty() || !ready_eager.empty()) {
      std::set<size_t>& from = ready_eager.empty() ? ready : ready_eager;
      const size_t n = *from.begin();
      from.erase(from.begin());
      rebuild.copy(graph_.nodes()[n]);
      --left;
      for (const size_t follower : followers_[n]) {
        if (--waiting_for_[follower] == 0) enqueue(follower);
      }
    }
    WEFT_CHECK(left == 0, "the segment {} has a cycle: {} nodes never become ready",
               graph_.segment(segment).name, left);
  }

  const Graph& graph_;
  std::vector<bool> optimizer_;  ///< by node
  std::vector<int> waiting_for_;
  std::vector<std::vector<size_t>> followers_;
};

}  // namespace

Graph schedule(const Graph& graph, const PlanContext& /*context*/) { return Scheduler(graph).run(); }

}  // namespace weft
