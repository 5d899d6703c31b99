// Several values summed by one message, beside each by its own.
#include <gtest/gtest.h>

#include "tests/ops/interpreter.h"
#include "weft/expression/text.h"
#include "weft/ops/pointwise.h"
#include "weft/parallel/strategies/named_axes.h"
#include "weft/plan/pipeline.h"
#include "weft/run/executor.h"

namespace weft {
namespace {

constexpr int64_t kRows = 13, kColumns = 33;

struct Outcome {
  int messages = 0;
  int64_t bytes = 0;
  std::vector<std::vector<float>> outputs;
};

/// Sums along rows and along columns of x, whose batch the ranks share: [columns], and a scalar. One reader
/// has both or each has one.
Outcome run_sums(const Communicator& world, bool one_reader) {
  GraphBuilder build;
  const ValueId x = build.input("x", {DType::f32, {kRows, kColumns}}, {"batch", "c"});
  Pointwise op;
  op.expression = parse_expression("x0, x0 * x0");
  op.operands = {{0, 1}};
  op.results = {{1}, {}};
  op.reductions = {"sum", "sum"};
  op.dtypes = {DType::f32, DType::f32};
  op.space = {kRows, kColumns};
  const std::vector<ValueId> sums = pointwise(build, std::array{x}, op);
  if (one_reader) build.output("both", pointwise(build, {sums[0], sums[1]}, "x0 * x1"));
  for (size_t i = 0; i < sums.size(); ++i) {
    build.output("y" + std::to_string(i), pointwise(build, {sums[i]}, "max(x0, -1000000.0)"));
  }
  const Graph graph = std::move(build).build();

  NamedAxesOptions axes;
  axes.input_dimension["data"] = "batch";
  const NamedAxes strategy(axes);
  PlanOptions options;
  options.mesh = Mesh({{"data", world.size()}});
  options.rank = world.rank();
  options.strategy = &strategy;
  StateStore store;
  Executor executor(make_plan(graph, testing::device_named("cpu"), options).program, store, world);
  const Program& program = executor.program();
  const SegmentId segment = program.at("accumulate");

  const View local = executor.view("x");
  const int64_t first = program.named.at("x").where.region.ranges[0].begin * kColumns;
  for (int64_t i = 0; i < local.elems(); ++i) {
    local.as<float>()[i] = static_cast<float>((first + i) * 2654435761 % 1000) * 0.001f - 0.3f;
  }
  executor.run(segment);

  Outcome outcome;
  for (const Instruction& made : program.segment(segment).instructions) {
    outcome.messages += made.kind == InstructionKind::comm_start ? 1 : 0;
  }
  for (const auto& [group, bytes] : executor.network_bytes()) outcome.bytes += bytes;
  for (const char* name : {"y0", "y1"}) {
    const View view = executor.output(segment, name);
    outcome.outputs.emplace_back(view.as<float>(), view.as<float>() + view.elems());
  }
  return outcome;
}

TEST(JointSum, EqualsSumsOfTheirOwnToTheBit) {
  const Communicator world = Communicator::world();
  if (world.size() == 1) GTEST_SKIP() << "one rank sums nothing";
  const Outcome joint = run_sums(world, true);
  const Outcome apart = run_sums(world, false);
  EXPECT_EQ(joint.messages, 1);
  EXPECT_EQ(apart.messages, 2);
  EXPECT_EQ(joint.bytes, (kColumns + 1) * 4);
  EXPECT_EQ(apart.bytes, joint.bytes);
  EXPECT_EQ(joint.outputs, apart.outputs);
}

}  // namespace
}  // namespace weft
