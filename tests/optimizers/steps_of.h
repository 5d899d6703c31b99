#pragma once
// What a rule makes of a parameter in some steps, as optimizers/golden.py makes them: element i starts as
// cos(0.21 i) and its gradient in step t, from 1, is sin(0.37 i + t).
#include <cmath>
#include <string>
#include <vector>

#include "tests/golden.h"
#include "tests/ops/interpreter.h"
#include "weft/optimizers/optimizer.h"

namespace weft::testing {

struct RuleGraph {
  Graph graph;
  ValueId weight, gradient, rate, step, factor;
};

/// One update of a weight [shape] whose gradient is an input. Outputs: the next value of every state.
inline RuleGraph rule_graph(const Optimizer& rule, const Dims& shape, double weight_decay,
                            DType dtype = DType::f64) {
  GraphBuilder build;
  RuleGraph made;
  made.weight = build.state("w", {dtype, shape}, {}, kParameter);
  made.gradient = build.input("gradient", {dtype, shape}, std::vector<std::string>(shape.size(), "any"));
  made.rate = build.input("learning_rate", {dtype, {}}, {});
  made.step = build.input("update_step", {DType::i64, {}}, {});
  made.factor = build.input("factor", {dtype, {}}, {});
  rule.update({build, made.weight, made.gradient, made.rate, made.step, made.factor, weight_decay});
  for (const StateUpdate& update : build.graph().updates()) {
    build.output(build.graph().value(update.state).name, update.next);
  }
  made.graph = std::move(build).build();
  return made;
}

inline std::vector<double> golden_start(int64_t elems) {
  std::vector<double> values;
  for (int64_t i = 0; i < elems; ++i) values.push_back(std::cos(0.21 * static_cast<double>(i)));
  return values;
}

inline std::vector<double> golden_gradient(int64_t elems, int64_t step) {
  std::vector<double> values;
  for (int64_t i = 0; i < elems; ++i) {
    values.push_back(std::sin(0.37 * static_cast<double>(i) + static_cast<double>(step)));
  }
  return values;
}

struct StepOptions {
  Dims shape{3, 4};
  double rate = 0.01;
  double weight_decay = 0.1;
  double factor = 1;
  int64_t steps = 5;
};

/// The parameter after the steps.
inline std::vector<double> steps_of(const Optimizer& rule, const StepOptions& options) {
  const RuleGraph made = rule_graph(rule, options.shape, options.weight_decay);
  const int64_t elems = elems_of(options.shape);
  Interpreter run(made.graph);
  for (size_t v = 0; v < made.graph.values().size(); ++v) {
    const Value& value = made.graph.values()[v];
    if (value.kind == ValueKind::state) {
      run.set({static_cast<int32_t>(v)}, std::vector<double>(static_cast<size_t>(value.type.elems()), 0));
    }
  }
  run.set(made.weight, golden_start(elems));
  run.set(made.rate, {options.rate});
  run.set(made.factor, {options.factor});
  for (int64_t step = 1; step <= options.steps; ++step) {
    run.set(made.step, {static_cast<double>(step)});
    run.set(made.gradient, golden_gradient(elems, step));
    run.run();
  }
  return run.get(made.weight);
}

/// The weight, from 1 on, after three steps in f32 whose gradient is always this.
inline std::vector<double> steps_in_f32(const Optimizer& rule, const Dims& shape,
                                        const std::vector<double>& gradient) {
  const RuleGraph made = rule_graph(rule, shape, 0, DType::f32);
  Interpreter run(made.graph);
  for (size_t v = 0; v < made.graph.values().size(); ++v) {
    const Value& value = made.graph.values()[v];
    const double start = value.state_kind == kParameter ? 1 : 0;
    if (value.kind != ValueKind::state) continue;
    run.set({static_cast<int32_t>(v)}, std::vector<double>(static_cast<size_t>(value.type.elems()), start));
  }
  run.set(made.rate, {0.01});
  run.set(made.factor, {1});
  run.set(made.gradient, gradient);
  for (int64_t step = 1; step <= 3; ++step) {
    run.set(made.step, {static_cast<double>(step)});
    run.run();
  }
  return run.get(made.weight);
}

/// Compares the steps with golden.txt.
inline void expect_golden_steps(const Optimizer& rule, const std::string& name,
                                const StepOptions& options = {}) {
  const Golden golden("tests/optimizers/golden.txt");
  expect_golden(golden, name, steps_of(rule, options), 1e-12);
}

}  // namespace weft::testing
