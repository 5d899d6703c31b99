#pragma once
// A loss of given predictions and targets.
#include "tests/tasks/measured.h"
#include "weft/tasks/loss.h"

namespace weft::testing {

/// Inputs 0, predictions, and 1, targets; output "loss".
inline Graph loss_graph(const Loss& loss, const MetricShape& shape, int64_t count) {
  GraphBuilder build;
  const auto [predictions, targets] = metric_inputs(build, shape);
  build.output("loss", loss.of(build, predictions, targets, count));
  return std::move(build).build();
}

inline double lost(const Loss& loss, const MetricShape& shape, const std::vector<double>& predictions,
                   const std::vector<double>& targets, int64_t count) {
  const Graph graph = loss_graph(loss, shape, count);
  Interpreter run(graph);
  run.set({0}, predictions);
  run.set({1}, targets);
  run.run();
  return run.get(graph.outputs()[0].value)[0];
}

}  // namespace weft::testing
