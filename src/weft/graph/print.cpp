#include <fmt/ranges.h>

#include <algorithm>

#include "weft/base/plural.h"
#include "weft/graph/graph.h"
#include "weft/graph/value_names.h"

namespace weft {

namespace {

/// "input @x: f32[8, 16] (batch, c)", "state @w: f32[4, 16] (parameter)".
std::string named_line(const Value& value) {
  if (value.kind == ValueKind::state) {
    return fmt::format("state @{}: {} ({})\n", value.name, to_string(value.type), value.state_kind.name);
  }
  const bool any = std::any_of(value.dim_names.begin(), value.dim_names.end(),
                               [](const std::string& name) { return !name.empty(); });
  const std::string dims = any ? fmt::format(" ({})", fmt::join(value.dim_names, ", ")) : std::string();
  return fmt::format("input @{}: {}{}\n", value.name, to_string(value.type), dims);
}

std::string node_line(const Graph& graph, const Node& node, const ValueNames& names) {
  std::vector<std::string> types;
  for (const TensorType& type : graph.output_types(node)) types.push_back(to_string(type));
  const std::string attributes = attribute_text(*node.op);
  return fmt::format("{} = {}({}){}{}: {}  # {}{}{}\n", fmt::join(names.of(node.outputs), ", "),
                     node.op->name(), fmt::join(names.of(node.inputs), ", "), attributes.empty() ? "" : " ",
                     attributes, fmt::join(types, ", "), graph.segment(node.segment).name,
                     node.label.empty() ? "" : " ", node.label);
}

}  // namespace

std::string to_text(const Graph& graph) {
  const ValueNames names(graph);
  std::string text;
  for (const SegmentId id : graph.order()) {
    const Segment& segment = graph.segment(id);
    text += fmt::format("segment {}: {}, {}\n", segment.name, to_string(segment.cadence),
                        plural(segment.slots, "slot"));
  }
  for (const Value& value : graph.values()) {
    if (value.kind != ValueKind::result) text += named_line(value);
  }
  for (const Node& node : graph.nodes()) text += node_line(graph, node, names);
  for (const StateUpdate& update : graph.updates()) {
    text += fmt::format("{} <- {}  # {}\n", names.of(update.state), names.of(update.next),
                        graph.segment(update.segment).name);
  }
  for (const GraphOutput& output : graph.outputs()) {
    text += fmt::format("output {} = {}  # {}\n", output.name, names.of(output.value),
                        graph.segment(output.segment).name);
  }
  return text;
}

std::string to_dot(const Graph& graph) {
  std::string text = "digraph weft {\n  node [shape=box, fontname=\"sans-serif\"];\n";
  for (size_t v = 0; v < graph.values().size(); ++v) {
    const Value& value = graph.values()[v];
    if (value.kind == ValueKind::result) continue;
    text += fmt::format("  v{} [label=\"{}\\n{}\", shape={}];\n", v, value.name, to_string(value.type),
                        value.kind == ValueKind::state ? "cylinder" : "oval");
  }
  for (size_t n = 0; n < graph.nodes().size(); ++n) {
    const Node& node = graph.nodes()[n];
    text += fmt::format("  n{} [label=\"{}\\n{}\"];\n", n, node.op->title(), node.label);
    for (const ValueId id : node.inputs) {
      const Value& value = graph.value(id);
      const std::string from = value.kind == ValueKind::result ? fmt::format("n{}", value.producer.index)
                                                               : fmt::format("v{}", id.index);
      text += fmt::format("  {} -> n{} [label=\"{}\"];\n", from, n, to_string(value.type));
    }
  }
  return text + "}\n";
}

}  // namespace weft
