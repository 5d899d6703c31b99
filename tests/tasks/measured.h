#pragma once
// A metric of given predictions and targets, in one batch or several, on one rank or divided.
#include <string>
#include <vector>

#include "tests/ops/interpreter.h"
#include "tests/parallel/lockstep.h"
#include "tests/parallel/random_graph.h"
#include "weft/tasks/metric.h"

namespace weft::testing {

struct Batch {
  std::vector<double> predictions;
  std::vector<double> targets;
};

/// Targets [rows] of ids and predictions [rows, width]; of numbers, both [rows, width].
struct MetricShape {
  int64_t rows = 0;
  int64_t width = 0;
  bool ids = false;
  DType dtype = DType::f64;
};

/// The inputs "predictions" and "targets".
inline std::pair<ValueId, ValueId> metric_inputs(GraphBuilder& build, const MetricShape& shape) {
  const ValueId predictions =
      build.input("predictions", {shape.dtype, {shape.rows, shape.width}}, {"batch", "channel"});
  if (shape.ids) return {predictions, build.input("targets", {DType::i32, {shape.rows}}, {"batch"})};
  return {predictions,
          build.input("targets", {shape.dtype, {shape.rows, shape.width}}, {"batch", "channel"})};
}

inline Graph metric_graph(const Metric& metric, const MetricShape& shape) {
  GraphBuilder build;
  const auto [predictions, targets] = metric_inputs(build, shape);
  for (const Metric::Sum& sum : metric.sums(build, predictions, targets)) build.output(sum.name, sum.value);
  return std::move(build).build();
}

/// How many targets count.
inline double counted(const std::vector<double>& targets, bool ids) {
  double count = 0;
  for (const double target : targets) count += ids ? (target >= 0 ? 1 : 0) : (target == target ? 1 : 0);
  return count;
}

/// The value over all batches.
inline double measured(const Metric& metric, const MetricShape& shape, const std::vector<Batch>& batches) {
  const Graph graph = metric_graph(metric, shape);
  Metric::Totals totals;
  totals.targets = 0;
  for (const Batch& batch : batches) {
    Interpreter run(graph);
    run.set({0}, batch.predictions);
    run.set({1}, batch.targets);
    run.run();
    totals.targets += counted(batch.targets, shape.ids);
    for (const GraphOutput& output : graph.outputs()) totals.sums[output.name] += run.get(output.value)[0];
  }
  return metric.value(totals);
}

}  // namespace weft::testing
