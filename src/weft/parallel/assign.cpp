#include "weft/parallel/assign.h"

#include <algorithm>

#include "weft/base/check.h"
#include "weft/parallel/dimension_classes.h"

namespace weft {

namespace {

class Assigner {
 public:
  Assigner(const Graph& graph, const Mesh& mesh, const AssignOptions& options)
      : graph_(graph), mesh_(mesh), options_(options), classes_(graph) {
    result_.node_axes.assign(graph.nodes().size(), std::vector<int>(static_cast<size_t>(mesh.axes()), -1));
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
    if (options_.shard_optimizer) shard_optimizer();
    place_values();
    return std::move(result_);
  }

 private:
  /// Whether mesh axis m may split class c: at most one axis a node, and divisible where an op says so.
  bool free_for(int m, const DimensionClass& dimension) const {
    for (const auto& [node, axis] : dimension.axes) {
      if (result_.node_axes[static_cast<size_t>(node)][static_cast<size_t>(m)] >= 0) return false;
    }
    for (size_t i = 1; i < dimension.axes.size(); ++i) {
      if (dimension.axes[i].first == dimension.axes[i - 1].first) return false;
    }
    return true;
  }

  void take(int m, int c) {
    class_axes_[static_cast<size_t>(c)].push_back(m);
    for (const auto& [node, axis] : classes_.classes()[static_cast<size_t>(c)].axes) {
      const Axis& described = classes_.map(static_cast<size_t>(node)).axes[static_cast<size_t>(axis)];
      if (described.kind == AxisKind::even && described.size % mesh_.axis(m).size != 0) continue;
      result_.node_axes[static_cast<size_t>(node)][static_cast<size_t>(m)] = axis;
    }
  }

  void split_input_dimension(int m, const std::string& name) {
    bool found = false;
    for (size_t c = 0; c < classes_.classes().size(); ++c) {
      const DimensionClass& dimension = classes_.classes()[c];
      if (dimension.input_dimension != name) continue;
      found = true;
      if (dimension.whole) {
        user_error("parallel.{}={}: the dimension \"{}\" cannot be split, because {} needs it whole",
                   mesh_.axis(m).name, mesh_.axis(m).size, name, dimension.whole_because);
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

  void split_parameters(int m) {
    std::vector<int> candidates;
    for (size_t c = 0; c < classes_.classes().size(); ++c) {
      const DimensionClass& dimension = classes_.classes()[c];
      if (dimension.parameter && !dimension.whole && dimension.input_dimension.empty() &&
          dimension.smallest >= mesh_.axis(m).size) {
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

  void shard_optimizer() {
    const int m = mesh_.find("data");
    if (m < 0 || mesh_.axis(m).size == 1) return;
    for (size_t n = 0; n < graph_.nodes().size(); ++n) {
      if (!graph_.nodes()[n].shard_with_data) continue;
      std::vector<int>& axes = result_.node_axes[n];
      const IndexMap& map = classes_.map(n);
      for (int a = 0; a < static_cast<int>(map.axes.size()); ++a) {
        const Axis& axis = map.axes[static_cast<size_t>(a)];
        const bool taken = std::find(axes.begin(), axes.end(), a) != axes.end();
        if (taken || axis.kind != AxisKind::parallel || axis.size < mesh_.axis(m).size) continue;
        axes[static_cast<size_t>(m)] = a;
        break;
      }
    }
  }

  void place_values() {
    for (const Value& value : graph_.values()) {
      result_.placements.push_back(Placement::replicate(value.type.shape.size()));
    }
    for (size_t v = 0; v < graph_.values().size(); ++v) {
      if (graph_.values()[v].kind == ValueKind::result) continue;
      for (size_t d = 0; d < graph_.values()[v].type.shape.size(); ++d) {
        const int c = classes_.of_dimension({static_cast<int32_t>(v)}, d);
        result_.placements[v].sharded[d] = class_axes_[static_cast<size_t>(c)];
      }
    }
    for (size_t n = 0; n < graph_.nodes().size(); ++n) place_outputs(n);
    for (const StateUpdate& update : graph_.updates()) {
      const Value& next = graph_.value(update.next);
      const bool sharded = next.kind == ValueKind::result && graph_.node(next.producer).shard_with_data;
      // Optimizer state lives where its update is computed; parameters are gathered back.
      if (sharded && graph_.value(update.state).state_kind != kParameter) {
        result_.placements[update.state.at()] = result_.placements[update.next.at()];
      }
    }
  }

  void place_outputs(size_t n) {
    const Node& node = graph_.nodes()[n];
    const IndexMap& map = classes_.map(n);
    for (size_t o = 0; o < node.outputs.size(); ++o) {
      Placement& placement = result_.placements[node.outputs[o].at()];
      placement.combine = node.op->traits().combine;
      for (int m = 0; m < mesh_.axes(); ++m) {
        const int axis = result_.node_axes[n][static_cast<size_t>(m)];
        if (axis < 0) continue;
        bool placed = false;
        for (size_t d = 0; d < map.outputs[o].size(); ++d) {
          const std::vector<Term>& terms = map.outputs[o][d].terms;
          if (terms.empty() || terms.front().axis != axis) continue;
          placement.sharded[d].push_back(m);
          placed = true;
        }
        if (!placed && map.reduces(axis, o)) placement.partial.push_back(m);
      }
      keep_partial_sums(n, placement);
    }
  }

  /// A linear op passes on what its inputs still owe.
  void keep_partial_sums(size_t n, Placement& placement) const {
    const Node& node = graph_.nodes()[n];
    if (!node.op->traits().linear) return;
    for (const ValueId id : node.inputs) {
      for (const int m : result_.placements[id.at()].partial) {
        if (result_.node_axes[n][static_cast<size_t>(m)] >= 0) continue;
        if (std::find(placement.partial.begin(), placement.partial.end(), m) == placement.partial.end()) {
          placement.partial.push_back(m);
        }
      }
    }
    std::sort(placement.partial.begin(), placement.partial.end());
  }

  const Graph& graph_;
  const Mesh& mesh_;
  const AssignOptions& options_;
  DimensionClasses classes_;
  std::vector<std::vector<int>> class_axes_;  ///< mesh axes that split each class
  Assignment result_;
};

}  // namespace

Assignment assign(const Graph& graph, const Mesh& mesh, const AssignOptions& options) {
  return Assigner(graph, mesh, options).run();
}

}  // namespace weft
