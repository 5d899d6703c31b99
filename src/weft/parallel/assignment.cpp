#include "weft/parallel/assignment.h"

#include <fmt/format.h>

#include <algorithm>

#include "weft/base/check.h"
#include "weft/parallel/running_sum.h"

namespace weft {

namespace {

IndexMap map_of(const Graph& graph, const Node& node) {
  return node.op->index_map(graph.input_types(node), graph.output_types(node));
}

/// Where output o lies when the axes are split so.
Placement output_placement(const NodeAssignment& node, const IndexMap& map, size_t o) {
  Placement placement = Placement::replicate(map.outputs[o].size());
  for (size_t axis = 0; axis < node.axes.size(); ++axis) {
    if (node.axes[axis].empty()) continue;
    for (size_t d = 0; d < map.outputs[o].size(); ++d) {
      const std::vector<Term>& terms = map.outputs[o][d].terms;
      if (!terms.empty() && terms.front().axis == static_cast<int>(axis)) {
        placement.sharded[d] = node.axes[axis];
      }
    }
    if (map.reduces(static_cast<int>(axis), o)) {
      placement.partial.insert(placement.partial.end(), node.axes[axis].begin(), node.axes[axis].end());
    }
  }
  return placement;
}

/// A sum may be passed on by a linear node; a maximum is no sum.
void keep_partial_sums(const Node& node, const NodeAssignment& assigned,
                       const std::vector<Placement>& placements, Placement& placement) {
  for (const ValueId id : node.inputs) {
    const Placement& input = placements[id.at()];
    if (input.combine != Combine::sum) continue;
    for (const int m : input.partial) {
      const bool known =
          std::find(placement.partial.begin(), placement.partial.end(), m) != placement.partial.end();
      if (!known && !assigned.splits(m)) placement.partial.push_back(m);
    }
  }
}

std::vector<Placement> placed_outputs(const Graph& graph, const Node& node, const NodeAssignment& assigned,
                                      const IndexMap& map, const std::vector<Placement>& placements) {
  std::vector<Placement> outputs;
  const Traits traits = node.op->traits();
  for (size_t o = 0; o < node.outputs.size(); ++o) {
    Placement placement = output_placement(assigned, map, o);
    placement.combine = traits.combine_of(o);
    if (traits.linear) keep_partial_sums(node, assigned, placements, placement);
    std::sort(placement.partial.begin(), placement.partial.end());
    outputs.push_back(std::move(placement));
  }
  WEFT_CHECK(outputs.size() == graph.output_types(node).size(), "{}: outputs without a type",
             node.op->name());
  return outputs;
}

class Verifier {
 public:
  Verifier(const Assignment& assignment, const Graph& graph, const Mesh& mesh)
      : assignment_(assignment), graph_(graph), mesh_(mesh) {}

  void run() const {
    WEFT_CHECK(assignment_.nodes.size() == graph_.nodes().size(),
               "an assignment of {} nodes for a graph of {}", assignment_.nodes.size(),
               graph_.nodes().size());
    WEFT_CHECK(assignment_.placements.size() == graph_.values().size(),
               "an assignment of {} values for a graph of {}", assignment_.placements.size(),
               graph_.values().size());
    for (size_t v = 0; v < graph_.values().size(); ++v) {
      if (graph_.values()[v].kind != ValueKind::result) verify_named(v);
    }
    for (size_t n = 0; n < graph_.nodes().size(); ++n) verify_node(n);
  }

 private:
  std::string name_of_axis(int m) const {
    return m >= 0 && m < mesh_.axes() ? mesh_.axis(m).name : fmt::format("{} (there is none)", m);
  }

  /// The first mesh axis that does not exist or stands twice in `lists`, or -1.
  int misused(const std::vector<std::vector<int>>& lists) const {
    std::vector<bool> used(static_cast<size_t>(mesh_.axes()), false);
    for (const std::vector<int>& list : lists) {
      for (const int m : list) {
        if (m < 0 || m >= mesh_.axes() || used[static_cast<size_t>(m)]) return m;
        used[static_cast<size_t>(m)] = true;
      }
    }
    return -1;
  }

  void verify_named(size_t v) const {
    const Value& value = graph_.values()[v];
    const Placement& placement = assignment_.placements[v];
    WEFT_CHECK(placement.sharded.size() == value.type.shape.size(), "{}: a placement of {} dimensions for {}",
               value.name, placement.sharded.size(), to_string(value.type));
    std::vector<std::vector<int>> lists = placement.sharded;
    lists.push_back(placement.partial);
    const int bad = misused(lists);
    WEFT_CHECK(bad == -1, "{}: its placement uses the mesh axis {} twice or wrongly", value.name,
               name_of_axis(bad));
    if (placement.partial.empty()) return;
    const bool zero = value.initializer.kind == Initializer::Kind::constant && value.initializer.scale == 0;
    WEFT_CHECK(value.kind == ValueKind::state && value.state_kind != kParameter && zero &&
                   placement.combine == Combine::sum,
               "{}: only a state that starts at zero and is not learnt may be a partial sum", value.name);
    WEFT_CHECK(is_running_sum(graph_, {static_cast<int32_t>(v)}),
               "{}: a partial sum must be set to zero in each step, because ranks hold parts of it",
               value.name);
  }

  void verify_node(size_t n) const {
    const Node& node = graph_.nodes()[n];
    const NodeAssignment& assigned = assignment_.nodes[n];
    const IndexMap map = map_of(graph_, node);
    const auto who = [&] {
      return fmt::format("node {} ({}{}{})", n, node.op->name(), node.label.empty() ? "" : " of ",
                         node.label);
    };
    WEFT_CHECK(assigned.axes.size() == map.axes.size(), "{}: an assignment of {} axes, and the op has {}",
               who(), assigned.axes.size(), map.axes.size());
    const int bad = misused(assigned.axes);
    WEFT_CHECK(bad == -1, "{}: the mesh axis {} splits two of its axes or does not exist", who(),
               name_of_axis(bad));
    for (size_t a = 0; a < map.axes.size(); ++a) {
      if (!assigned.axes[a].empty()) verify_split(map, static_cast<int>(a), assigned.axes[a], who());
    }
    const std::vector<Placement> derived =
        placed_outputs(graph_, node, assigned, map, assignment_.placements);
    for (size_t o = 0; o < node.outputs.size(); ++o) {
      const Placement& given = assignment_.placements[node.outputs[o].at()];
      WEFT_CHECK(given == derived[o], "{}: output {} is assigned {}, and its axes make it {}", who(), o,
                 to_string(given, mesh_), to_string(derived[o], mesh_));
    }
  }

  void verify_split(const IndexMap& map, int a, const std::vector<int>& by, const std::string& who) const {
    const Axis& axis = map.axes[static_cast<size_t>(a)];
    const int parts = mesh_.group_size(by);
    WEFT_CHECK(axis.kind != AxisKind::whole, "{}: its axis {} must stay whole", who, axis.name);
    WEFT_CHECK(axis.kind != AxisKind::even || axis.size % parts == 0,
               "{}: its axis {} of {} cannot be split evenly into {}", who, axis.name, axis.size, parts);
    for (size_t o = 0; o < map.outputs.size(); ++o) {
      const auto major_in = std::count_if(
          map.outputs[o].begin(), map.outputs[o].end(),
          [&](const IndexDim& dim) { return !dim.terms.empty() && dim.terms.front().axis == a; });
      WEFT_CHECK(major_in == 1 || (major_in == 0 && map.reduces(a, o)),
                 "{}: its axis {} does not divide output {} into boxes", who, axis.name, o);
    }
  }

  const Assignment& assignment_;
  const Graph& graph_;
  const Mesh& mesh_;
};

}  // namespace

int NodeAssignment::axis_of(int m) const {
  for (size_t a = 0; a < axes.size(); ++a) {
    if (std::find(axes[a].begin(), axes[a].end(), m) != axes[a].end()) return static_cast<int>(a);
  }
  return -1;
}

Assignment undivided(const Graph& graph) {
  Assignment assignment;
  for (const Node& node : graph.nodes()) {
    NodeAssignment whole;
    whole.axes.resize(map_of(graph, node).axes.size());
    assignment.nodes.push_back(std::move(whole));
  }
  for (const Value& value : graph.values()) {
    assignment.placements.push_back(Placement::replicate(value.type.shape.size()));
  }
  place_values(graph, assignment);
  return assignment;
}

void place_values(const Graph& graph, Assignment& assignment) {
  for (size_t n = 0; n < graph.nodes().size(); ++n) {
    const Node& node = graph.nodes()[n];
    std::vector<Placement> placements =
        placed_outputs(graph, node, assignment.nodes[n], map_of(graph, node), assignment.placements);
    for (size_t o = 0; o < node.outputs.size(); ++o) {
      assignment.placements[node.outputs[o].at()] = std::move(placements[o]);
    }
  }
}

void verify(const Assignment& assignment, const Graph& graph, const Mesh& mesh) {
  Verifier(assignment, graph, mesh).run();
}

}  // namespace weft
