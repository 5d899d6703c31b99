#include "weft/plan/passes/pack_weights.h"

#include <fmt/format.h>

#include <map>

#include "weft/plan/passes/rebuild.h"

namespace weft {

namespace {

class Packing {
 public:
  Packing(const Graph& graph, const PlanContext& context)
      : graph_(graph), context_(context), rebuild_(graph) {}

  Graph run() {
    for (const Node& node : graph_.nodes()) {
      if (!packed(node)) rebuild_.copy(node);
    }
    return std::move(rebuild_).finish();
  }

 private:
  bool packed(const Node& node) {
    const std::vector<TensorType> types = graph_.input_types(node);
    const std::vector<TensorType> outputs = graph_.output_types(node);
    const std::optional<PackedForm> form = context_.device.packed_form({*node.op, types, outputs});
    if (!form || graph_.value(node.inputs[form->operand]).kind != ValueKind::state) return false;
    const ValueId packed = packed_state(node.inputs[form->operand], form->pack, types[form->operand]);
    GraphBuilder& build = rebuild_.build();
    std::vector<ValueId> inputs;
    for (const ValueId id : node.inputs) inputs.push_back(rebuild_.mapped(id));
    inputs[form->operand] = packed;
    const BuilderScope like = build.like(node);
    rebuild_.replace(node.outputs[0], build.add1(form->op, std::move(inputs)));
    return true;
  }

  ValueId packed_state(ValueId weight, const OpPtr& pack, const TensorType& type) {
    const auto key = std::pair{weight, attribute_text(*pack)};
    if (const auto found = packs_.find(key); found != packs_.end()) return found->second;
    GraphBuilder& build = rebuild_.build();
    const BuilderScope refresh = build.in(build.first_segment({"refresh", Cadence::each_step()}));
    const BuilderScope labelled = build.labelled(graph_.value(weight).name);
    const ValueId result = build.add1(pack, {rebuild_.mapped(weight)});
    // Every Program that packs this weight so, and no other, has a state of this name: they may share it.
    const std::string name =
        fmt::format("packed.{}.{} {}", graph_.value(weight).name, pack->name(), attribute_text(*pack));
    const ValueId state = build.state(name, pack->infer(std::span(&type, 1)).front(), {}, kDerived);
    build.update(state, result);
    packs_.emplace(key, state);
    return state;
  }

  const Graph& graph_;
  const PlanContext& context_;
  Rebuild rebuild_;
  std::map<std::pair<ValueId, std::string>, ValueId> packs_;
};

}  // namespace

Graph pack_weights(const Graph& graph, const PlanContext& context) { return Packing(graph, context).run(); }

}  // namespace weft
