#include "weft/plan/passes/rebuild.h"

namespace weft {

Rebuild::Rebuild(const Graph& from) : from_(from), map_(from.values().size()) {
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

std::vector<ValueId> Rebuild::add_like(const Node& like, OpPtr op, std::vector<ValueId> inputs) {
  Node node = like;
  node.op = std::move(op);
  node.inputs = std::move(inputs);
  node.outputs.clear();
  for (TensorType& type : node.op->infer(build_.graph().input_types(node))) {
    node.outputs.push_back(build_.adopt(Value{.name = {}, .type = std::move(type)}));
  }
  std::vector<ValueId> outputs = node.outputs;
  build_.adopt(std::move(node));
  return outputs;
}

Graph Rebuild::finish() && {
  for (const StateUpdate& update : from_.updates()) {
    build_.adopt(StateUpdate{mapped(update.state), mapped(update.next), update.phase});
  }
  for (const GraphOutput& output : from_.outputs()) {
    build_.adopt(GraphOutput{output.name, mapped(output.value), output.phase});
  }
  return std::move(build_).build();
}

}  // namespace weft
