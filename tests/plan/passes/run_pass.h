#pragma once
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/ops/interpreter.h"
#include "weft/graph/schema.h"
#include "weft/plan/passes/pass.h"

namespace weft::testing {

/// Runs one pass alone and verifies what it makes.
inline PassResult run_pass(const Pass& pass, const Graph& graph, const PlanOptions& options = {},
                           const Device& device = device_named("cpu")) {
  PassResult result = pass.run(graph, {device, options});
  verify(result.graph);
  return result;
}

/// What tables call the nodes, in their order.
inline std::vector<std::string> titles(const Graph& graph) {
  std::vector<std::string> texts;
  for (const Node& node : graph.nodes()) texts.push_back(node.op->title());
  return texts;
}

/// The segment of each node.
inline std::vector<std::string> segments(const Graph& graph) {
  std::vector<std::string> names;
  for (const Node& node : graph.nodes()) names.push_back(graph.segment(node.segment).name);
  return names;
}

/// Bits of every output after `runs` runs of all nodes on the same random inputs and states. Two runs, so
/// that derived states have been made when they are read.
inline std::map<std::string, std::vector<double>> results_of(const Graph& graph, int runs = 1) {
  Interpreter interpreter(graph);
  for (size_t v = 0; v < graph.values().size(); ++v) {
    const Value& value = graph.values()[v];
    if (value.kind == ValueKind::result || value.state_kind == kDerived) continue;
    const bool real = is_floating(value.type.dtype);
    interpreter.set({static_cast<int32_t>(v)},
                    random_values(7, std::hash<std::string>{}(value.name), value.type.elems(), real ? -1 : 0,
                                  real ? 1 : 3));
  }
  for (int run = 0; run < runs; ++run) interpreter.run();
  std::map<std::string, std::vector<double>> results;
  for (const GraphOutput& output : graph.outputs()) results[output.name] = interpreter.get(output.value);
  return results;
}

/// Within `tolerance` of each other, by the largest element of each output.
inline void expect_close(const std::map<std::string, std::vector<double>>& got,
                         const std::map<std::string, std::vector<double>>& want, double tolerance) {
  ASSERT_EQ(got.size(), want.size());
  for (const auto& [name, values] : want) {
    ASSERT_EQ(got.at(name).size(), values.size()) << name;
    double largest = 1;
    for (const double value : values) largest = std::max(largest, std::abs(value));
    for (size_t i = 0; i < values.size(); ++i) {
      ASSERT_NEAR(got.at(name)[i], values[i], tolerance * largest) << name << " " << i;
    }
  }
}

/// An op whose result is not a function of what one sees.
struct Counter final : Schema<Counter> {
  static constexpr std::string_view kName = "counter";
  static constexpr std::string_view kMeaning = "How often it ran.";
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override { return {inputs[0]}; }
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType>) const override {
    IndexMap map;
    for (const int64_t size : inputs[0].shape) map.axes.push_back({"d", size});
    map.inputs = {along_axes(0, static_cast<int>(map.axes.size()))};
    map.outputs = map.inputs;
    return map;
  }
  Traits traits() const override { return {.hoistable = true, .hidden_state = true}; }
};

}  // namespace weft::testing
