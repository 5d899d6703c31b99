#pragma once
// The law that a model computes on any mesh what it computes on one rank, predictions and gradients of all
// its parameters, in f64 and with all ranks in one process.
#include "tests/models/built.h"
#include "tests/ops/interpreter.h"
#include "tests/parallel/lockstep.h"
#include "weft/ops/gradient/gradients.h"
#include "weft/ops/pointwise/multiply.h"
#include "weft/ops/reduce/reduce_sum.h"
#include "weft/parallel/strategies/named_axes.h"
#include "weft/plan/passes/separate_attention.h"

namespace weft::testing {

/// Outputs "loss", a weighted sum of the predictions, and the gradient of it by each parameter, by name.
inline Graph graph_with_gradients(const Model& model, const DataFacts& facts, int64_t batch, double dropout) {
  GraphBuilder build;
  ParameterSet parameters(build, DType::f64);
  Dims shape = facts.input.shape;
  shape.insert(shape.begin(), batch);
  std::vector<std::string> axes = facts.input.axes;
  axes.insert(axes.begin(), "batch");
  const ValueId input =
      build.input(facts.input.name, {facts.input.has_ids() ? DType::i32 : DType::f64, shape}, axes);
  const ValueId step = build.input("step", {DType::i64, {}}, {});
  const ValueId out = model.predict({build, parameters, facts, step, DType::f64, dropout, 1, true}, input);
  const Dims out_shape = build.type(out).shape;
  std::vector<std::string> out_axes(out_shape.size(), "any");
  out_axes[0] = "batch";
  const ValueId weights = build.input("loss weights", {DType::f64, out_shape}, out_axes);
  const ValueId loss = reduce_sum(build, multiply(build, out, weights));
  build.output("loss", loss);
  std::vector<ValueId> values;
  for (const Parameter& parameter : parameters.parameters()) values.push_back(parameter.value);
  const auto gradient = gradients(build, loss, values);
  for (size_t i = 0; i < values.size(); ++i) {
    build.output("gradient of " + build.graph().value(values[i]).name, gradient[i].value());
  }
  return std::move(build).build();
}

/// Random values of every input and state.
inline std::vector<double> start_of(const Value& value, const DataFacts& facts, uint64_t stream) {
  std::vector<double> values = random_values(1, stream, value.type.elems(), -1, 1);
  if (value.name == "step") return {3};
  if (value.name == facts.input.name && facts.input.has_ids()) {
    for (double& id : values) id = std::floor((id + 1) / 2 * static_cast<double>(facts.input.below));
  }
  if (value.name.ends_with("running_var")) {
    for (double& variance : values) variance = 1 + std::abs(variance);
  }
  return values;
}

/// Tries each mesh that is named.
inline void expect_the_same_on(const std::vector<Mesh>& meshes, const Model& model, const DataFacts& facts,
                               int64_t batch, double dropout = 0) {
  const Graph graph = graph_with_gradients(model, facts, batch, dropout);
  std::vector<std::vector<double>> starts;
  Interpreter alone(graph);
  for (size_t v = 0; v < graph.values().size(); ++v) {
    starts.emplace_back();
    if (graph.values()[v].kind == ValueKind::result) continue;
    starts.back() = start_of(graph.values()[v], facts, v);
    alone.set({static_cast<int32_t>(v)}, starts.back());
  }
  alone.run();
  for (const Mesh& mesh : meshes) {
    SCOPED_TRACE(mesh.to_string());
    PlanOptions options;
    options.mesh = mesh;
    const Graph divided = separate_attention().run(graph, {device_named("cpu"), options}).graph;
    Lockstep ranks(divided, NamedAxes().assign(divided, mesh, Machine{}), mesh);
    for (size_t v = 0; v < graph.values().size(); ++v) {
      const Value& value = graph.values()[v];
      if (value.kind != ValueKind::result) ranks.set(value.name, value.type, starts[v]);
    }
    ranks.run();
    for (const GraphOutput& output : graph.outputs()) {
      const std::vector<double> wanted = alone.get(output.value);
      const std::vector<double> got = ranks.output(mesh.ranks() - 1, output.name);
      double size = 1;
      for (const double value : wanted) size = std::max(size, std::abs(value));
      for (size_t i = 0; i < wanted.size(); ++i) {
        // Sums of some thousand terms in another order.
        ASSERT_NEAR(got[i], wanted[i], 1e-10 * size) << output.name << " element " << i;
      }
    }
  }
}

}  // namespace weft::testing
