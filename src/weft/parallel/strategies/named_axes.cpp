#include "weft/parallel/strategies/named_axes.h"

#include <algorithm>

#include "weft/base/check.h"
#include "weft/parallel/dimension_classes.h"
#include "weft/parallel/running_sum.h"

namespace weft {

namespace {

class Assigner {
 public:
  Assigner(const Graph& graph, const Mesh& mesh, const NamedAxesOptions& options)
      : graph_(graph), mesh_(mesh), options_(options), classes_(graph), result_(undivided(graph)) {
    class_axes_.resize(classes_.classes().size());
  }

  Assignment run() {
    for (int m = 0; m < mesh_.axes(); ++m) {
      if (mesh_.axis(m).size == 1) continue;
      const auto named = options_.input_dimension.find(mesh_.axis(m).name);
      if (named != options_.input_dimension.end()) {
        split_input_dimension(m, named->second);
      } else {
        split_parameters(m);
      }
    }
    const std::vector<bool> optimizer = optimizer_nodes(graph_, classes_);
    if (options_.shard_optimizer) shard_optimizer(optimizer);
    place_named();
    place_values(graph_, result_);
    place_with_updates(optimizer);
    place_values(graph_, result_);
    return std::move(result_);
  }

 private:
  NodeAssignment& assigned(int node) { return result_.nodes[static_cast<size_t>(node)]; }

  /// Whether mesh axis m may split the class: at most one axis of a node. Axes that are whole stay so: the
  /// queries of an attention are split, and its keys gathered.
  bool free_for(int m, const DimensionClass& dimension) const {
    int last = -1;
    for (const auto& [node, axis] : dimension.axes) {
      if (result_.nodes[static_cast<size_t>(node)].splits(m)) return false;
      const auto at = static_cast<size_t>(node);
      if (classes_.map(at).axes[static_cast<size_t>(axis)].kind == AxisKind::whole) continue;
      if (node == last) return false;
      last = node;
    }
    return true;
  }

  /// A node that needs the axis whole, or can be split evenly only and is not divisible, stays undivided: its
  /// operands are gathered.
  void take(int m, int c) {
    class_axes_[static_cast<size_t>(c)].push_back(m);
    for (const auto& [node, axis] : classes_.classes()[static_cast<size_t>(c)].axes) {
      const Axis& described = classes_.map(static_cast<size_t>(node)).axes[static_cast<size_t>(axis)];
      std::vector<int>& split = assigned(node).axes[static_cast<size_t>(axis)];
      const int parts = mesh_.group_size(split) * mesh_.axis(m).size;
      if (described.kind == AxisKind::whole) continue;
      if (described.kind == AxisKind::even && described.size % parts != 0) continue;
      split.push_back(m);
    }
  }

  void split_input_dimension(int m, const std::string& name) {
    bool found = false;
    for (size_t c = 0; c < classes_.classes().size(); ++c) {
      const DimensionClass& dimension = classes_.classes()[c];
      if (!dimension.input_dimensions.contains(name)) continue;
      found = true;
      if (!dimension.whole_in.empty() && dimension.whole_in.size() == dimension.axes.size()) {
        user_error("parallel.{}={}: the dimension \"{}\" cannot be split, because {} needs it whole",
                   mesh_.axis(m).name, mesh_.axis(m).size, name,
                   graph_.node(dimension.whole_in.back()).op->name());
      }
      if (!free_for(m, dimension)) {
        user_error("parallel.{}={}: the dimension \"{}\" meets itself in one op and cannot be split",
                   mesh_.axis(m).name, mesh_.axis(m).size, name);
      }
      take(m, static_cast<int>(c));
    }
    if (!found) {
      user_error("parallel.{}={}: no input of this model has a dimension \"{}\" to split", mesh_.axis(m).name,
                 mesh_.axis(m).size, name);
    }
  }

  /// What MPI combines only by gathering is left whole: it would be gathered at every use (the channels that
  /// a layer norm takes moments along).
  void split_parameters(int m) {
    std::vector<int> candidates;
    for (size_t c = 0; c < classes_.classes().size(); ++c) {
      const DimensionClass& dimension = classes_.classes()[c];
      if (dimension.parameter && dimension.whole_in.empty() && dimension.gathered_in.empty() &&
          dimension.input_dimensions.empty() && dimension.smallest >= mesh_.axis(m).size) {
        candidates.push_back(static_cast<int>(c));
      }
    }
    std::stable_sort(candidates.begin(), candidates.end(), [&](int a, int b) {
      return classes_.classes()[static_cast<size_t>(a)].flops >
             classes_.classes()[static_cast<size_t>(b)].flops;
    });
    bool found = false;
    for (const int c : candidates) {
      if (!free_for(m, classes_.classes()[static_cast<size_t>(c)])) continue;
      take(m, c);
      found = true;
    }
    if (!found) {
      user_error("parallel.{}={}: no dimension of the model's parameters can be split {} ways",
                 mesh_.axis(m).name, mesh_.axis(m).size, mesh_.axis(m).size);
    }
  }

  void shard_optimizer(const std::vector<bool>& optimizer) {
    const int m = mesh_.find("data");
    if (m < 0 || mesh_.axis(m).size == 1) return;
    if (std::find(optimizer.begin(), optimizer.end(), true) == optimizer.end()) return;
    bool found = false;
    for (size_t n = 0; n < graph_.nodes().size(); ++n) {
      if (!optimizer[n]) continue;
      const IndexMap& map = classes_.map(n);
      for (size_t a = 0; a < map.axes.size(); ++a) {
        std::vector<int>& split = result_.nodes[n].axes[a];
        const Axis& axis = map.axes[a];
        if (!split.empty() || axis.kind != AxisKind::parallel || axis.size < mesh_.axis(m).size) continue;
        split.push_back(m);
        found = true;
        break;
      }
    }
    if (!found) {
      user_error("parallel.shard_optimizer: no dimension of the optimizer's states can be split {} ways",
                 mesh_.axis(m).size);
    }
  }

  void place_named() {
    for (size_t v = 0; v < graph_.values().size(); ++v) {
      if (graph_.values()[v].kind == ValueKind::result) continue;
      for (size_t d = 0; d < graph_.values()[v].type.shape.size(); ++d) {
        const int c = classes_.of_dimension({static_cast<int32_t>(v)}, d);
        result_.placements[v].sharded[d] = class_axes_[static_cast<size_t>(c)];
      }
    }
  }

  /// Optimizer state lives where its update is computed; parameters are gathered back. A running sum stays
  /// the partial sum that its terms are, so that ranks communicate when it is used and not at every term.
  void place_with_updates(const std::vector<bool>& optimizer) {
    for (const StateUpdate& update : graph_.updates()) {
      const Value& state = graph_.value(update.state);
      const Value& next = graph_.value(update.next);
      if (state.state_kind == kParameter || next.kind != ValueKind::result) continue;
      const Placement& made = result_.placements[update.next.at()];
      Placement& placement = result_.placements[update.state.at()];
      if (optimizer[next.producer.at()]) placement = made;
      if (made.combine == Combine::sum && !made.partial.empty() && is_running_sum(graph_, update.state)) {
        placement.partial = made.partial;
      }
    }
  }

  const Graph& graph_;
  const Mesh& mesh_;
  const NamedAxesOptions& options_;
  DimensionClasses classes_;
  std::vector<std::vector<int>> class_axes_;  ///< mesh axes that split each class
  Assignment result_;
};

}  // namespace

Assignment NamedAxes::assign(const Graph& graph, const Mesh& mesh, const Machine& /*machine*/) const {
  return Assigner(graph, mesh, options_).run();
}

}  // namespace weft
