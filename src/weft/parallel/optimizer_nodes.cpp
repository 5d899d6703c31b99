#include "weft/parallel/optimizer_nodes.h"

#include <algorithm>

namespace weft {

namespace {

class OptimizerNodes {
 public:
  OptimizerNodes(const Graph& graph, const DimensionClasses& classes)
      : graph_(graph),
        classes_(classes),
        of_samples_(graph.values().size(), false),
        learns_(graph.nodes().size(), false),
        serves_else_(graph.nodes().size(), false),
        goes_on_(graph.nodes().size(), false) {}

  std::vector<bool> find() {
    while (spread_samples()) {
    }
    find_learning();
    find_serving_else();
    find_going_on();
    std::vector<bool> found;
    for (size_t n = 0; n < graph_.nodes().size(); ++n) {
      found.push_back(learns_[n] && !serves_else_[n] && !goes_on_[n] && depends_on_samples(n) &&
                      !graph_.nodes()[n].op->traits().linear && has_axes(n) && !has_other_axes(n));
    }
    return found;
  }

 private:
  bool depends_on_samples(size_t n) const {
    const std::vector<ValueId>& inputs = graph_.nodes()[n].inputs;
    return std::any_of(inputs.begin(), inputs.end(), [&](ValueId id) { return of_samples_[id.at()]; });
  }

  /// One round through the graph; whether it found more. What is learnt depends on earlier samples, which is
  /// not meant; a sum of gradients kept in a state depends on this step's.
  bool spread_samples() {
    bool more = false;
    const auto mark = [&](ValueId id) {
      more = more || !of_samples_[id.at()];
      of_samples_[id.at()] = true;
    };
    for (size_t v = 0; v < graph_.values().size(); ++v) {
      const std::vector<std::string>& names = graph_.values()[v].dim_names;
      if (std::find(names.begin(), names.end(), kDataDimension) != names.end()) {
        mark({static_cast<int32_t>(v)});
      }
    }
    for (size_t n = 0; n < graph_.nodes().size(); ++n) {
      if (!depends_on_samples(n)) continue;
      for (const ValueId id : graph_.nodes()[n].outputs) mark(id);
    }
    for (const StateUpdate& update : graph_.updates()) {
      if (of_samples_[update.next.at()] && graph_.value(update.state).state_kind != kParameter)
        mark(update.state);
    }
    return more;
  }

  /// Sets flag[n] where an output of node n is `of` itself or is read by a node that has the flag.
  static void spread_back(const Graph& graph, std::vector<bool> of, std::vector<bool>& flag) {
    for (size_t n = graph.nodes().size(); n-- > 0;) {
      const Node& node = graph.nodes()[n];
      flag[n] =
          std::any_of(node.outputs.begin(), node.outputs.end(), [&](ValueId id) { return of[id.at()]; });
      if (!flag[n]) continue;
      for (const ValueId id : node.inputs) of[id.at()] = true;
    }
  }

  void find_learning() {
    std::vector<bool> next(graph_.values().size(), false);
    for (const StateUpdate& update : graph_.updates()) {
      if (graph_.value(update.state).state_kind == kParameter) next[update.next.at()] = true;
    }
    spread_back(graph_, std::move(next), learns_);
  }

  /// A state is updated with a parameter if the node that makes its next value makes the parameter's too.
  void find_serving_else() {
    std::vector<bool> next(graph_.values().size(), false);
    for (const StateUpdate& update : graph_.updates()) {
      const Value& value = graph_.value(update.next);
      const bool beside = value.kind == ValueKind::result && learns_[value.producer.at()];
      if (graph_.value(update.state).state_kind != kParameter && !beside) next[update.next.at()] = true;
    }
    spread_back(graph_, std::move(next), serves_else_);
  }

  void find_going_on() {
    std::vector<bool> read(graph_.values().size(), false);
    for (size_t n = 0; n < graph_.nodes().size(); ++n) {
      if (!has_other_axes(n)) continue;
      for (const ValueId id : graph_.nodes()[n].inputs) read[id.at()] = true;
    }
    spread_back(graph_, std::move(read), goes_on_);
  }

  bool has_axes(size_t n) const { return !classes_.map(n).axes.empty(); }

  /// Than those of dimensions that parameters have.
  bool has_other_axes(size_t n) const {
    for (size_t a = 0; a < classes_.map(n).axes.size(); ++a) {
      if (!classes_.classes()[static_cast<size_t>(classes_.of_axis(n, a))].parameter) return true;
    }
    return false;
  }

  const Graph& graph_;
  const DimensionClasses& classes_;
  std::vector<bool> of_samples_;   ///< by value
  std::vector<bool> learns_;       ///< by node: a parameter's next value depends on it
  std::vector<bool> serves_else_;  ///< by node: the next value of another state depends on it
  std::vector<bool> goes_on_;  ///< by node: one with other axes depends on it, as the backward pass goes on
};

}  // namespace

std::vector<bool> optimizer_nodes(const Graph& graph) {
  return optimizer_nodes(graph, DimensionClasses(graph));
}

std::vector<bool> optimizer_nodes(const Graph& graph, const DimensionClasses& classes) {
  return OptimizerNodes(graph, classes).find();
}

}  // namespace weft
