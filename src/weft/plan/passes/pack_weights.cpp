#include "weft/plan/passes/pack_weights.h"

#include <fmt/format.h>

#include <map>

#include "weft/plan/passes/rebuild.h"

namespace weft {

namespace {

class Packing {
 public:
  explicit Packing(const Graph& graph) : graph_(graph), rebuild_(graph) {}

  Graph run() {
    for (const Node& node : graph_.nodes()) {
      if (!packed(node)) rebuild_.copy(node);
    }
    return std::move(rebuild_).finish();
  }

 private:
  bool packed(const Node& node) {
    const std::vector<TensorType> types = graph_.input_types(node);
    const std::optional<PackedForm> form = node.op->packed_form(types, graph_.output_types(node));
    if (!form || graph_.value(node.inputs[form->operand]).kind != ValueKind::state) return false;
    const ValueId packed = packed_state(node.inputs[form->operand], form->pack, types[form->operand]);
    GraphBuilder& build = rebuild_.build();
    std::vector<ValueId> inputs;
    for (const ValueId id : node.inputs) inputs.push_back(rebuild_.mapped(id));
    inputs[form->operand] = packed;
    build.phase = node.phase;
    build.label = node.label;
    build.placement = node.placement;
    rebuild_.replace(node.outputs[0], build.add1(form->op, std::move(inputs)));
    build.placement.clear();
    return true;
  }

  ValueId packed_state(ValueId weight, const OpPtr& pack, const TensorType& type) {
    const auto key = std::pair{weight, pack->attributes()};
    if (const auto found = packs_.find(key); found != packs_.end()) return found->second;
    GraphBuilder& build = rebuild_.build();
    build.phase = Phase::refresh;
    build.label = graph_.value(weight).name;
    const ValueId result = build.add1(pack, {rebuild_.mapped(weight)});
    const std::string name = fmt::format("packed.{}.{}", packs_.size(), graph_.value(weight).name);
    Initializer derived;
    derived.kind = Initializer::Kind::derived;
    const ValueId state = build.state(name, pack->infer(std::span(&type, 1)).front(), derived, false);
    build.update(state, result);
    packs_.emplace(key, state);
    return state;
  }

  const Graph& graph_;
  Rebuild rebuild_;
  std::map<std::pair<ValueId, std::string>, ValueId> packs_;
};

}  // namespace

Graph pack_weights(const Graph& graph) { return Packing(graph).run(); }

}  // namespace weft
