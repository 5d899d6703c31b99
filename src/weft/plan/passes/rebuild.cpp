#include "weft/plan/passes/rebuild.h"

namespace weft {

Rebuild::Rebuild(const Graph& from) : from_(from), build_(from), map_(from.values().size()) {
  for (size_t v = 0; v < map_.size(); ++v) {
    if (from.values()[v].kind != ValueKind::result) map_[v] = build_.adopt(from.values()[v]);
  }
}

void Rebuild::copy(const Node& node) {
  Node copied = node;
  for (ValueId& id : copied.inputs) id = mapped(id);
  for (ValueId& id : copied.outputs) {
    const ValueId now = build_.adopt(from_.value(id));
    map_[id.at()] = now;
    id = now;
  }
  build_.adopt(std::move(copied));
}

Graph Rebuild::finish(const std::function<ValueId(ValueId old, SegmentId segment)>& handed_over) && {
  const auto now = [&](ValueId id, SegmentId segment) {
    return handed_over ? handed_over(id, segment) : mapped(id);
  };
  for (const StateUpdate& update : from_.updates()) {
    build_.adopt(StateUpdate{mapped(update.state), now(update.next, update.segment), update.segment});
  }
  for (const GraphOutput& output : from_.outputs()) {
    build_.adopt(GraphOutput{output.name, now(output.value, output.segment), output.segment});
  }
  return std::move(build_).build();
}

}  // namespace weft
