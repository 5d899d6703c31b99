#include "weft/plan/passes/join_rows.h"

#include <gtest/gtest.h>

#include "tests/ops/case_graph.h"
#include "tests/parallel/random_graph.h"
#include "tests/plan/passes/run_pass.h"
#include "weft/expression/text.h"
#include "weft/kernels/cpu/staged_forms.h"
#include "weft/ops/staged/staged.h"
#include "weft/plan/passes/eliminate_dead.h"
#include "weft/plan/passes/merge_terms.h"
#include "weft/plan/pipeline.h"

namespace weft::testing {
namespace {

Graph staged(const Graph& graph) { return run_pass(join_rows(), run_pass(merge_terms(), graph).graph).graph; }

int count(const Graph& graph, std::string_view op) {
  return static_cast<int>(std::count_if(graph.nodes().begin(), graph.nodes().end(),
                                        [&](const Node& node) { return node.op->name() == op; }));
}

const Node& only_staged(const Graph& graph) {
  EXPECT_EQ(count(graph, Staged::kName), 1);
  return *std::find_if(graph.nodes().begin(), graph.nodes().end(),
                       [](const Node& node) { return node.op->name() == Staged::kName; });
}

bool has_body(const Graph& graph, const Node& node) {
  return kernels::find_staged_form(static_cast<const Staged&>(*node.op), graph.input_types(node),
                                   graph.output_types(node))
      .has_value();
}

/// layer_norm and the gradients of a product with it, with a residual around it.
Graph normalized(DType dtype, bool adds) {
  GraphBuilder build;
  const ValueId x = build.input("x", {dtype, {3, 4, 40}}, {"batch", "time", "c"});
  const ValueId slope = build.input("slope", {dtype, {3, 4, 40}}, {"batch", "time", "c"});
  const ValueId gamma = build.input("gamma", {DType::f32, {40}}, {"c"});
  const ValueId beta = build.input("beta", {DType::f32, {40}}, {"c"});
  ValueId y = multiply(build, layer_norm(build, x, gamma, beta), slope);
  if (adds) y = add(build, y, x);
  const auto found = gradients(build, reduce_sum(build, y), std::vector{x, gamma, beta});
  build.output("y", y);
  for (size_t i = 0; i < 3; ++i) build.output(fmt::format("d{}", i), *found[i]);
  return std::move(build).build();
}

TEST(JoinRows, MakesOneNodeOfALayerNormAndOneOfItsGradientEachWithABody) {
  for (const DType dtype : {DType::f32, DType::bf16}) {
    for (const bool adds : {false, true}) {
      SCOPED_TRACE(fmt::format("{} {}", name_of(dtype), adds));
      const Graph graph = normalized(dtype, adds);
      const Graph made = staged(graph);
      EXPECT_EQ(count(made, Staged::kName), 2);
      for (const Node& node : made.nodes()) {
        if (node.op->name() != Staged::kName) continue;
        EXPECT_TRUE(has_body(made, node)) << node.op->title();
      }
      expect_close(results_of(made), results_of(graph), dtype == DType::bf16 ? 2e-2 : 1e-5);
    }
  }
}

TEST(JoinRows, KeepsWhatNobodyElseReadsInF32) {
  GraphBuilder build;
  const ValueId x = build.input("x", {DType::bf16, {64, 40}}, {"batch", "c"});
  const ValueId largest = reduce(build, "max", {x}, "x0", {1})[0];
  const ValueId shares = pointwise_beside(build, x, {{largest, {0}}}, "x0 / x1");
  const ValueId rests = pointwise_beside(build, x, {{largest, {0}}}, "x1 - x0");
  build.output("y", add(build, shares, rests));
  const Graph made = staged(std::move(build).build());
  const auto& op = static_cast<const Staged&>(*only_staged(made).op);
  ASSERT_EQ(op.steps.size(), 4U);
  EXPECT_EQ(op.steps[1].op.dtypes[0], DType::f32);
  EXPECT_EQ(op.steps[2].op.dtypes[0], DType::f32);
  EXPECT_EQ(op.steps[3].op.dtypes[0], DType::bf16);
}

TEST(JoinRows, EndsBeforeAReaderThatCannotJoin) {
  GraphBuilder build;
  const ValueId x = build.input("x", {DType::f32, {6, 5}}, {"batch", "c"});
  const ValueId sums = reduce(build, "sum", {x}, "x0", {1})[0];
  const ValueId turned = transpose(build, reshape(build, sums, {2, 3}), {1, 0});
  build.output("turned", turned);
  build.output("y", pointwise_beside(build, x, {{sums, {0}}}, "x0 / x1"));
  const Graph graph = std::move(build).build();
  EXPECT_EQ(count(staged(graph), Staged::kName), 0) << "the sums must be there before they are turned";
  expect_close(results_of(staged(graph)), results_of(graph), 0);
}

TEST(JoinRows, LeavesSumsAlongRowsAndPositionsOfRowsAlone) {
  GraphBuilder build;
  const ValueId x = build.input("x", {DType::f32, {6, 5}}, {"batch", "c"});
  const ValueId columns = reduce(build, "sum", {x}, "x0", {0})[0];
  build.output("y", pointwise_beside(build, x, {{columns, {1}}}, "x0 / x1"));
  const ValueId rows = reduce(build, "sum", {x}, "x0", {1})[0];
  build.output("z", pointwise_beside(build, x, {{rows, {0}}}, "x0 / x1 + real(index[0])"));
  EXPECT_EQ(count(staged(std::move(build).build()), Staged::kName), 0);
}

/// Of a graph's adjacency: by the degrees of both ends.
TEST(JoinRows, EndsBeforeAReaderThatReadsAValueWithRowsAndWithout) {
  GraphBuilder build;
  const ValueId a = build.input("a", {DType::f32, {4, 4}}, {"from", "to"});
  const ValueId degrees = reduce(build, "sum", {a}, "x0", {1})[0];
  build.output("y", pointwise_beside(build, a, {{degrees, {0}}, {degrees, {1}}}, "x0 / (x1 * x2)"));
  const Graph graph = std::move(build).build();
  const Graph made = staged(graph);
  EXPECT_EQ(count(made, Staged::kName), 0);
  expect_close(results_of(made), results_of(graph), 0);
}

TEST(JoinRows, LeavesBitsAlone) {
  GraphBuilder build;
  const ValueId x = build.input("x", {DType::f32, {6, 5}}, {"batch", "c"});
  const ValueId largest = reduce(build, "max", {x}, "x0", {1})[0];
  Pointwise op;
  op.expression = parse_expression("x0 == x1");
  op.operands = {{0, 1}, {0}};
  op.results = {{0, 1}};
  op.dtypes = {DType::bit};
  op.space = {6, 5};
  build.output("y", pointwise(build, std::vector{x, largest}, op)[0]);
  EXPECT_EQ(count(staged(std::move(build).build()), Staged::kName), 0);
}

TEST(JoinRows, GoesOnWithNothingThatReadsASingleValue) {
  GraphBuilder build;
  const ValueId x = build.input("x", {DType::f32, {6, 5}}, {"batch", "c"});
  build.output("y", tanh(build, softmax(build, x)));
  const Graph made = staged(std::move(build).build());
  EXPECT_EQ(static_cast<const Staged&>(*only_staged(made).op).steps.size(), 2U);
  EXPECT_EQ(made.nodes().back().op->title(), "tanh(x0)");
}

TEST(JoinRows, DoesNothingForADeviceWithoutIt) {
  const Graph graph = normalized(DType::f32, false);
  const PassResult result = run_pass(join_rows(), graph, {}, device_named("reference"));
  EXPECT_EQ(result.gain, 0);
  EXPECT_EQ(to_text(result.graph), to_text(graph));
}

/// Whether an axis is whole on the rank is what communication between the nodes shows.
TEST(JoinRows, LeavesAReductionWhoseAxisIsDividedAlone) {
  const Device& cpu = device_named("cpu");
  const ByHand split([](const Graph&, NodeId, const IndexMap& map) {
    std::vector<std::vector<int>> axes(map.axes.size());
    axes[1] = {0};
    return axes;
  });
  PlanOptions options;
  options.strategy = &split;
  options.mesh = Mesh({{"c", 2}});
  GraphBuilder build;
  const ValueId x = build.input("x", {DType::f32, {6, 8}}, {"batch", "c"});
  const ValueId sums = reduce(build, "sum", {x}, "x0", {1})[0];
  build.output("y", pointwise_beside(build, x, {{sums, {0}}}, "x0 / x1"));
  const Graph graph = std::move(build).build();
  const auto ops = [&](const PlanOptions& wanted) {
    std::set<std::string> names;
    const Plan plan = make_plan(graph, cpu, wanted);
    for (const Instruction& made : plan.program.segments[0].instructions) names.emplace(made.op->name());
    return names;
  };
  EXPECT_FALSE(ops(options).contains("staged"));
  EXPECT_TRUE(ops({}).contains("staged"));
}

TEST(JoinRows, RandomGraphsKeepTheirValues) {
  int64_t joined = 0;
  for (uint64_t seed = 1; seed <= 300; ++seed) {
    const Graph graph = run_pass(eliminate_dead(), RandomGraph(seed, DType::f64).build()).graph;
    SCOPED_TRACE(fmt::format("seed {}\n{}", seed, to_text(graph)));
    const PassResult result = run_pass(join_rows(), graph);
    joined += result.gain;
    expect_close(results_of(result.graph, 2), results_of(graph, 2), 1e-10);
  }
  EXPECT_GT(joined, 300);
}

/// The results of a case and the gradients of their sum.
Graph with_outputs(const OpCase& op_case) {
  GraphBuilder build;
  std::vector<ValueId> inputs, targets, sums;
  for (size_t i = 0; i < op_case.inputs.size(); ++i) {
    const TensorType& type = op_case.inputs[i];
    const std::vector<std::string> names(type.shape.size(), "d");
    inputs.push_back(build.input(fmt::format("x{}", i), type, names));
    if (op_case.differentiable[i]) targets.push_back(inputs.back());
  }
  for (const ValueId id : op_case.build(build, inputs)) {
    build.output(fmt::format("y{}", sums.size()), id);
    if (build.type(id).dtype == DType::f64) sums.push_back(reduce_sum(build, multiply(build, id, id)));
  }
  if (targets.empty() || sums.empty()) return std::move(build).build();
  const auto found = gradients(build, add_n(build, sums), targets);
  for (size_t i = 0; i < found.size(); ++i) build.output(fmt::format("d{}", i), *found[i]);
  return std::move(build).build();
}

TEST(JoinRows, CasesOfPointwiseKeepTheirValues) {
  const OpRegistry registry = all_ops();
  int64_t joined = 0;
  for (uint64_t seed = 1; seed <= 300; ++seed) {
    CaseRandom random(seed);
    const Graph graph = with_outputs(registry.draw_case("pointwise", random));
    SCOPED_TRACE(fmt::format("seed {}\n{}", seed, to_text(graph)));
    const PassResult result = run_pass(join_rows(), graph);
    joined += result.gain;
    if (result.gain > 0) expect_close(results_of(result.graph), results_of(graph), 1e-10);
  }
  EXPECT_GT(joined, 100);
}

}  // namespace
}  // namespace weft::testing
