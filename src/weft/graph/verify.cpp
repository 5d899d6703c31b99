#include <set>
#include <utility>

#include "weft/base/check.h"
#include "weft/graph/graph.h"

namespace weft {

namespace {

const std::string& name_of(const Graph& graph, SegmentId id) {
  WEFT_CHECK(id.index >= 0 && id.at() < graph.segments().size(), "there is no segment {}", id.index);
  return graph.segment(id).name;
}

void verify_segments(const Graph& graph) {
  WEFT_CHECK(graph.order().size() == graph.segments().size(), "{} segments and {} places in their order",
             graph.segments().size(), graph.order().size());
  std::set<std::string> names;
  int stretches = 0;
  bool in_stretch = false;
  for (const SegmentId id : graph.order()) {
    WEFT_CHECK(names.insert(name_of(graph, id)).second, "two segments named {}", name_of(graph, id));
    const Segment& segment = graph.segment(id);
    WEFT_CHECK(segment.slots >= 1, "the segment {} has {} slots", segment.name, segment.slots);
    WEFT_CHECK(segment.cadence.every >= 1, "the segment {} runs every {} steps", segment.name,
               segment.cadence.every);
    if (segment.cadence.kind == Cadence::Kind::on_call) continue;
    const bool each = segment.cadence.kind == Cadence::Kind::microbatch;
    stretches += each && !in_stretch ? 1 : 0;
    in_stretch = each;
  }
  WEFT_CHECK(stretches <= 1, "segments that run each step stand between those that run each microbatch");
}

/// What a segment hands over at its end is computed in it, or no result.
void verify_handed_over(const Graph& graph, ValueId id, SegmentId segment, const std::string& what) {
  const Value& value = graph.value(id);
  if (value.kind != ValueKind::result) return;
  const SegmentId from = graph.node(value.producer).segment;
  WEFT_CHECK(from == segment, "{} of segment {} is a value of segment {}: only states cross segments", what,
             name_of(graph, segment), name_of(graph, from));
}

void verify_node(const Graph& graph, size_t index, std::vector<bool>& known) {
  const Node& node = graph.nodes()[index];
  WEFT_CHECK(node.op != nullptr, "node {} has no op", index);
  name_of(graph, node.segment);
  for (const ValueId id : node.inputs) {
    WEFT_CHECK(id.index >= 0 && id.at() < known.size(), "node {} ({}) reads an unknown value", index,
               node.op->name());
    WEFT_CHECK(known[id.at()], "node {} ({}) reads value {} before it is computed", index, node.op->name(),
               id.index);
    const Value& value = graph.value(id);
    WEFT_CHECK(value.kind != ValueKind::result || graph.node(value.producer).segment == node.segment,
               "node {} ({}) of segment {} reads value {} of segment {}: only states cross segments", index,
               node.op->name(), name_of(graph, node.segment), id.index,
               name_of(graph, graph.node(value.producer).segment));
  }
  const std::vector<TensorType> inputs = graph.input_types(node);
  const std::vector<TensorType> types = node.op->infer(inputs);
  WEFT_CHECK(types == graph.output_types(node), "node {} ({}): types of the outputs differ from its rule",
             index, node.op->name());
  const IndexMap map = node.op->index_map(inputs, types);
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
  verify_segments(graph);
  for (size_t n = 0; n < graph.nodes().size(); ++n) verify_node(graph, n, known);
  std::set<std::pair<SegmentId, ValueId>> updated;
  for (const StateUpdate& update : graph.updates()) {
    const Value& state = graph.value(update.state);
    WEFT_CHECK(updated.emplace(update.segment, update.state).second, "segment {} updates {} twice",
               name_of(graph, update.segment), state.name);
    WEFT_CHECK(state.kind == ValueKind::state, "update of {}, which is no state", state.name);
    WEFT_CHECK(graph.type(update.next) == state.type, "update of {} by another type", state.name);
    verify_handed_over(graph, update.next, update.segment, "the next " + state.name);
  }
  for (const GraphOutput& output : graph.outputs()) {
    verify_handed_over(graph, output.value, output.segment, "the output " + output.name);
  }
}

}  // namespace weft
