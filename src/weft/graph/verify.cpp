#include "weft/base/check.h"
#include "weft/graph/graph.h"

namespace weft {

namespace {

void verify_node(const Graph& graph, size_t index, std::vector<bool>& known) {
  const Node& node = graph.nodes()[index];
  WEFT_CHECK(node.op != nullptr, "node {} has no op", index);
  for (const ValueId id : node.inputs) {
    WEFT_CHECK(id.index >= 0 && id.at() < known.size(), "node {} ({}) reads an unknown value", index,
               node.op->name());
    WEFT_CHECK(known[id.at()], "node {} ({}) reads value {} before it is computed", index, node.op->name(),
               id.index);
    const Value& value = graph.value(id);
    WEFT_CHECK(value.kind != ValueKind::result || graph.node(value.producer).phase == node.phase,
               "node {} ({}) of phase {} reads value {} of phase {}: only states cross phases", index,
               node.op->name(), name_of(node.phase), id.index, name_of(graph.node(value.producer).phase));
  }
  const std::vector<TensorType> types = node.op->infer(graph.input_types(node));
  WEFT_CHECK(types == graph.output_types(node), "node {} ({}): types of the outputs differ from its rule",
             index, node.op->name());
  const IndexMap map = node.op->index_map(graph.input_types(node), types);
  WEFT_CHECK(map.inputs.size() == node.inputs.size() && map.outputs.size() == node.outputs.size(),
             "node {} ({}): index map of {} inputs and {} outputs", index, node.op->name(), map.inputs.size(),
             map.outputs.size());
  for (size_t i = 0; i < node.outputs.size(); ++i) {
    const Value& value = graph.value(node.outputs[i]);
    WEFT_CHECK(value.producer.at() == index && value.output == static_cast<int>(i),
               "node {} ({}): output {} names another producer", index, node.op->name(), i);
    known[node.outputs[i].at()] = true;
  }
}

}  // namespace

void verify(const Graph& graph) {
  std::vector<bool> known(graph.values().size(), false);
  for (size_t v = 0; v < known.size(); ++v) known[v] = graph.values()[v].kind != ValueKind::result;
  for (size_t n = 0; n < graph.nodes().size(); ++n) verify_node(graph, n, known);
  for (const StateUpdate& update : graph.updates()) {
    const Value& state = graph.value(update.state);
    WEFT_CHECK(state.kind == ValueKind::state, "update of {}, which is no state", state.name);
    WEFT_CHECK(graph.type(update.next) == state.type, "update of {} by another type", state.name);
  }
}

}  // namespace weft
