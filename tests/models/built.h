#pragma once
// A model on data of given facts, as a graph.
#include <set>
#include <string>

#include "weft/models/model.h"

namespace weft::testing {

struct BuiltModel {
  Graph graph;
  ValueId out;
  int64_t weights = 0;   ///< elements of all parameters
  int64_t decaying = 0;  ///< parameters that decay: those of layers with weights
};

struct ModelOptions {
  int64_t batch = 2;
  double dropout = 0;
  bool training = true;
  DType dtype = DType::f32;
};

inline BuiltModel built(const Model& model, const DataFacts& facts, const ModelOptions& options = {}) {
  GraphBuilder build;
  ParameterSet parameters(build, options.dtype == DType::f64 ? DType::f64 : DType::f32);
  Dims shape = facts.input.shape;
  shape.insert(shape.begin(), options.batch);
  std::vector<std::string> axes = facts.input.axes;
  axes.insert(axes.begin(), "batch");
  const ValueId input =
      build.input(facts.input.name, {facts.input.has_ids() ? DType::i32 : options.dtype, shape}, axes);
  const ValueId step = build.input("step", {DType::i64, {}}, {});
  BuiltModel made;
  made.out = model.predict(
      {build, parameters, facts, step, options.dtype, options.dropout, 1, options.training}, input);
  build.output("out", made.out);
  for (const Parameter& parameter : parameters.parameters()) {
    made.weights += elems_of(build.type(parameter.value).shape);
    made.decaying += parameter.decay ? 1 : 0;
  }
  made.graph = std::move(build).build();
  return made;
}

/// What the nodes of a model are called.
inline std::set<std::string> labels_of(const Model& model, const DataFacts& facts) {
  std::set<std::string> labels;
  const BuiltModel made = built(model, facts);
  for (const Node& node : made.graph.nodes()) labels.insert(node.label);
  return labels;
}

/// [spatial..., channel].
inline SampleTensor field(Dims shape) {
  static const std::vector<std::string> kAxes{"depth", "height", "width", "channel"};
  const auto first = kAxes.end() - std::ssize(shape);
  return {"pixels", 0, std::move(shape), {first, kAxes.end()}};
}
inline DataFacts images(Dims shape, int64_t classes) {
  return {field(std::move(shape)), {"labels", classes, {}, {}}};
}
inline DataFacts volumes(Dims shape, Dims target) {
  std::vector<std::string> axes(target.size(), "target");
  return {field(std::move(shape)), {"labels", 0, std::move(target), std::move(axes)}};
}
inline DataFacts tokens(int64_t context, int64_t vocabulary) {
  return {{"tokens", vocabulary, {context}, {"sequence"}}, {"targets", vocabulary, {context}, {"sequence"}}};
}

/// Nodes of an op.
inline int64_t nodes_of(const Graph& graph, std::string_view op) {
  int64_t count = 0;
  for (const Node& node : graph.nodes()) count += node.op->name() == op ? 1 : 0;
  return count;
}

}  // namespace weft::testing
