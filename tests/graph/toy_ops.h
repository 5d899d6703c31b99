#pragma once
// Ops small enough to differentiate by hand, for tests of the graph itself.
#include <memory>

#include "weft/graph/graph.h"
#include "weft/graph/schema.h"

namespace weft::testing {

inline IndexMap same_shape_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) {
  IndexMap map;
  for (const int64_t size : outputs[0].shape) map.axes.push_back({"d", size});
  const auto dims = along_axes(0, static_cast<int>(outputs[0].shape.size()));
  map.inputs.assign(inputs.size(), dims);
  map.outputs.assign(outputs.size(), dims);
  return map;
}

/// A constant without operands.
struct Constant final : Schema<Constant> {
  static constexpr std::string_view kName = "constant";
  static constexpr std::string_view kMeaning = "A constant without operands.";
  TensorType type;
  double value = 0;
  Constant() = default;
  Constant(TensorType t, double v) : type(std::move(t)), value(v) {}
  template <class Visitor, class Self>
  static void visit(Visitor& v, Self& op) {
    v("type", op.type, "of the result");
    v("value", op.value, "of every element");
  }
  std::vector<TensorType> infer(std::span<const TensorType>) const override { return {type}; }
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const override {
    return same_shape_map(inputs, outputs);
  }
};

/// The sum or the product of its operands.
struct Combined final : Op {
  bool product;
  explicit Combined(bool p) : product(p) {}
  std::string_view name() const override { return product ? "product" : "sum"; }
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override { return {inputs[0]}; }
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const override {
    return same_shape_map(inputs, outputs);
  }
  std::vector<std::optional<ValueId>> gradient(const GradientContext& context) const override {
    const ValueId dy = *context.output_gradients[0];
    if (!product) return std::vector<std::optional<ValueId>>(context.inputs.size(), dy);
    std::vector<std::optional<ValueId>> result(2);
    for (const size_t i : {0, 1}) {
      if (context.needed[i]) {
        result[i] = context.build.add1(std::make_shared<Combined>(true), {dy, context.inputs[1 - i]});
      }
    }
    return result;
  }
};

inline ValueId sum_of(GraphBuilder& build, ValueId a, ValueId b) {
  return build.add1(std::make_shared<Combined>(false), {a, b});
}
inline ValueId product_of(GraphBuilder& build, ValueId a, ValueId b) {
  return build.add1(std::make_shared<Combined>(true), {a, b});
}

inline const GradientArithmetic kToyArithmetic = {
    [](GraphBuilder& build, const TensorType& type) {
      return build.add1(std::make_shared<Constant>(type, 1), {});
    },
    [](GraphBuilder& build, std::span<const ValueId> terms) {
      return build.add1(std::make_shared<Combined>(false), {terms.begin(), terms.end()});
    }};

/// Value of a scalar graph of toy ops, with `given` for inputs and states by name.
inline double evaluate(const Graph& graph, ValueId wanted, const std::map<std::string, double>& given) {
  std::vector<double> values(graph.values().size());
  for (size_t v = 0; v < values.size(); ++v) {
    if (graph.values()[v].kind != ValueKind::result) values[v] = given.at(graph.values()[v].name);
  }
  for (const Node& node : graph.nodes()) {
    const auto* constant = dynamic_cast<const Constant*>(node.op.get());
    double result = constant ? constant->value : node.op->name() == "product" ? 1 : 0;
    for (const ValueId id : node.inputs) {
      result = node.op->name() == "product" ? result * values[id.at()] : result + values[id.at()];
    }
    values[node.outputs[0].at()] = result;
  }
  return values[wanted.at()];
}

}  // namespace weft::testing
