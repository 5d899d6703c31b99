#include <fmt/ranges.h>

#include <algorithm>

#include "weft/graph/graph.h"

namespace weft {

namespace {

/// Named values are written @name; results %n, counted after these in the order of their nodes, so that equal
/// graphs print alike however they were made.
class Names {
 public:
  explicit Names(const Graph& graph) {
    size_t next = 0;
    names_.resize(graph.values().size());
    for (size_t v = 0; v < names_.size(); ++v) {
      if (graph.values()[v].kind == ValueKind::result) continue;
      names_[v] = "@" + graph.values()[v].name;
      ++next;
    }
    for (const Node& node : graph.nodes()) {
      for (const ValueId id : node.outputs) names_[id.at()] = fmt::format("%{}", next++);
    }
  }
  const std::string& of(ValueId id) const { return names_[id.at()]; }
  std::string of(const std::vector<ValueId>& ids) const {
    std::string text;
    for (const ValueId id : ids) text += (text.empty() ? "" : ", ") + of(id);
    return text;
  }

 private:
  std::vector<std::string> names_;
};

std::string_view kind_of(const Value& value) {
  if (value.kind == ValueKind::input) return "input";
  return value.parameter ? "parameter" : "state";
}

/// " (batch, c)", where any dimension has a name.
std::string dimensions_of(const Value& value) {
  if (std::all_of(value.dim_names.begin(), value.dim_names.end(),
                  [](const auto& name) { return name.empty(); })) {
    return {};
  }
  return fmt::format(" ({})", fmt::join(value.dim_names, ", "));
}

}  // namespace

std::string to_text(const Graph& graph) {
  const Names names(graph);
  std::string text;
  for (const Value& value : graph.values()) {
    if (value.kind == ValueKind::result) continue;
    text += fmt::format("{} @{}: {}{}\n", kind_of(value), value.name, to_string(value.type),
                        dimensions_of(value));
  }
  for (const Node& node : graph.nodes()) {
    std::string types;
    for (const TensorType& type : graph.output_types(node)) {
      types += (types.empty() ? "" : ", ") + to_string(type);
    }
    const std::string attributes = attribute_text(*node.op);
    text += fmt::format("{} = {}({}){}{}: {}  # {}{}{}\n", names.of(node.outputs), node.op->name(),
                        names.of(node.inputs), attributes.empty() ? "" : " ", attributes, types,
                        name_of(node.phase), node.label.empty() ? "" : " ", node.label);
  }
  for (const StateUpdate& update : graph.updates()) {
    text +=
        fmt::format("{} <- {}  # {}\n", names.of(update.state), names.of(update.next), name_of(update.phase));
  }
  for (const GraphOutput& output : graph.outputs()) {
    text += fmt::format("output {} = {}  # {}\n", output.name, names.of(output.value), name_of(output.phase));
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
    text += fmt::format("  n{} [label=\"{}\\n{}\"];\n", n, node.op->name(), node.label);
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
