#include <fmt/format.h>

#include "weft/graph/graph.h"

namespace weft {

namespace {

std::string reference(const Graph& graph, ValueId id) {
  const Value& value = graph.value(id);
  return value.kind == ValueKind::result ? fmt::format("%{}", id.index) : fmt::format("@{}", value.name);
}

std::string references(const Graph& graph, const std::vector<ValueId>& ids) {
  std::string text;
  for (const ValueId id : ids) text += (text.empty() ? "" : ", ") + reference(graph, id);
  return text;
}

}  // namespace

std::string to_text(const Graph& graph) {
  std::string text;
  for (const SegmentId id : graph.order()) {
    const Segment& segment = graph.segment(id);
    text += fmt::format("segment {}: {}, {} slot{}\n", segment.name, to_string(segment.cadence),
                        segment.slots, segment.slots == 1 ? "" : "s");
  }
  for (const Value& value : graph.values()) {
    if (value.kind == ValueKind::result) continue;
    text += fmt::format("{} @{}: {}\n", value.kind == ValueKind::input ? "input" : "state", value.name,
                        to_string(value.type));
  }
  for (const Node& node : graph.nodes()) {
    std::string types;
    for (const TensorType& type : graph.output_types(node)) {
      types += (types.empty() ? "" : ", ") + to_string(type);
    }
    const std::string attributes = attribute_text(*node.op);
    text += fmt::format("{} = {}({}){}{}: {}  # {}{}{}\n", references(graph, node.outputs), node.op->name(),
                        references(graph, node.inputs), attributes.empty() ? "" : " ", attributes, types,
                        graph.segment(node.segment).name, node.label.empty() ? "" : " ", node.label);
  }
  for (const StateUpdate& update : graph.updates()) {
    text += fmt::format("{} <- {}  # {}\n", reference(graph, update.state), reference(graph, update.next),
                        graph.segment(update.segment).name);
  }
  for (const GraphOutput& output : graph.outputs()) {
    text += fmt::format("output {} = {}  # {}\n", output.name, reference(graph, output.value),
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
