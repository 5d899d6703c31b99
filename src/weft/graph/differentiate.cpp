#include <algorithm>
#include <map>
#include <memory>

#include "weft/base/check.h"
#include "weft/graph/graph.h"

namespace weft {

namespace {

/// Which values depend on a target.
std::vector<bool> dependents(const Graph& graph, std::span<const ValueId> targets) {
  std::vector<bool> depends(graph.values().size(), false);
  for (const ValueId id : targets) depends[id.at()] = true;
  for (const Node& node : graph.nodes()) {
    bool any = false;
    for (const ValueId id : node.inputs) any = any || depends[id.at()];
    for (const ValueId id : node.outputs) {
      if (any && is_floating(graph.type(id).dtype)) depends[id.at()] = true;
    }
  }
  return depends;
}

class Reverse {
 public:
  Reverse(GraphBuilder& build, std::span<const ValueId> targets, const GradientArithmetic& arithmetic)
      : build_(build), arithmetic_(arithmetic), depends_(dependents(build.graph(), targets)) {}

  void seed(ValueId loss) {
    const TensorType type = build_.type(loss);
    const Value& value = build_.graph().value(loss);
    const bool computed = value.kind == ValueKind::result;
    const BuilderScope scope = build_.labelled(computed ? build_.graph().node(value.producer).label : "");
    contributions_[loss] = {arithmetic_.one(build_, type)};
  }

  void visit(NodeId id) {
    const Node node = build_.graph().node(id);  // a copy: the builder grows while we look at it
    const BuilderScope scope = build_.labelled(node.label);
    std::vector<std::optional<ValueId>> gradients;
    bool any = false;
    for (const ValueId output : node.outputs) {
      gradients.push_back(total(output));
      any = any || gradients.back().has_value();
    }
    if (!any) return;
    // vector<bool> has no span: one flag an input in an array.
    const auto needed = std::make_unique<bool[]>(node.inputs.size());
    bool some = false;
    for (size_t i = 0; i < node.inputs.size(); ++i) {
      needed[i] = depends_[node.inputs[i].at()];
      some = some || needed[i];
    }
    if (!some) return;
    const auto results = node.op->gradient(
        {build_, node.inputs, node.outputs, gradients, std::span(needed.get(), node.inputs.size())});
    WEFT_CHECK(results.size() == node.inputs.size(), "{}: {} gradients for {} inputs", node.op->name(),
               results.size(), node.inputs.size());
    for (size_t i = 0; i < results.size(); ++i) {
      if (!needed[i]) continue;
      if (!results[i]) {
        check_none_is_right(node, i);
        continue;
      }
      WEFT_CHECK(build_.type(*results[i]).shape == build_.type(node.inputs[i]).shape,
                 "{}: the gradient of input {} has the shape {}, not {}", node.op->name(), i,
                 to_string(build_.type(*results[i]).shape), to_string(build_.type(node.inputs[i]).shape));
      contributions_[node.inputs[i]].push_back(*results[i]);
    }
  }

  /// What is learnt through an input must not be lost in silence.
  static void check_none_is_right(const Node& node, size_t input) {
    const std::vector<int> none = node.op->traits().no_gradient;
    if (std::find(none.begin(), none.end(), static_cast<int>(input)) != none.end()) return;
    user_error("{}{}{}: the loss depends on input {}, and the op has no gradient with respect to it",
               node.op->name(), node.label.empty() ? "" : " of ", node.label, input);
  }

  std::optional<ValueId> total(ValueId id) {
    const auto found = contributions_.find(id);
    if (found == contributions_.end()) return std::nullopt;
    if (found->second.size() > 1) found->second = {arithmetic_.sum(build_, found->second)};
    return found->second.front();
  }

 private:
  GraphBuilder& build_;
  const GradientArithmetic& arithmetic_;
  std::vector<bool> depends_;
  std::map<ValueId, std::vector<ValueId>> contributions_;
};

}  // namespace

std::vector<std::optional<ValueId>> differentiate(GraphBuilder& build, ValueId loss,
                                                  std::span<const ValueId> targets,
                                                  const GradientArithmetic& arithmetic) {
  WEFT_CHECK(build.type(loss).shape.empty(), "the loss is no scalar: {}", to_string(build.type(loss)));
  Reverse reverse(build, targets, arithmetic);
  reverse.seed(loss);
  for (int32_t n = build.graph().value(loss).producer.index; n >= 0; --n) reverse.visit({n});
  std::vector<std::optional<ValueId>> gradients;
  for (const ValueId id : targets) {
    const BuilderScope labelled = build.labelled(build.graph().value(id).name);
    gradients.push_back(reverse.total(id));
  }
  return gradients;
}

}  // namespace weft
