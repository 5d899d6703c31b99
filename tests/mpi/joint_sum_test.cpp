// Several values summed by one message, beside each by its own.
#include <gtest/gtest.h>

#include "tests/ops/interpreter.h"
#include "weft/expression/text.h"
#include "weft/ops/pointwise/pointwise.h"
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

/// Who makes the sums, and who reads them.
enum class How { one_node_one_reader, one_node, node_each };

/// Sums along rows and along columns of x, whose batch the ranks share: [columns], and a scalar.
Outcome run_sums(const Communicator& world, How how) {
  GraphBuilder build;
  const ValueId x = build.input("x", {DType::f32, {kRows, kColumns}}, {"batch", "c"});
  const auto sums_of = [&](std::string_view text, std::vector<std::vector<int>> axes) {
    Pointwise op = trailing_pointwise(build, std::array{x});
    op.expression = parse_expression(text);
    op.results = std::move(axes);
    op.reductions.assign(op.results.size(), "sum");
    op.dtypes.assign(op.results.size(), DType::f32);
    return pointwise(build, std::array{x}, op);
  };
  std::vector<ValueId> sums;
  if (how == How::node_each) {
    sums = {sums_of("x0", {{1}})[0], sums_of("x0 * x0", {{}})[0]};
  } else {
    sums = sums_of("x0, x0 * x0", {{1}, {}});
  }
  if (how == How::one_node_one_reader) build.output("both", pointwise(build, {sums[0], sums[1]}, "x0 * x1"));
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
  // Their sums are exact, in whatever order MPI adds.
  for (int64_t i = 0; i < local.elems(); ++i) {
    local.as<float>()[i] = static_cast<float>((first + i) * 2654435761 % 64) * 0.125f - 3.0f;
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
  const Outcome apart = run_sums(world, How::node_each);
  EXPECT_EQ(apart.messages, 2);
  EXPECT_EQ(apart.bytes, (kColumns + 1) * 4);
  for (const How how : {How::one_node_one_reader, How::one_node}) {
    const Outcome joint = run_sums(world, how);
    EXPECT_EQ(joint.messages, 1);
    EXPECT_EQ(joint.bytes, apart.bytes);
    EXPECT_EQ(joint.outputs, apart.outputs);
  }
}

}  // namespace
}  // namespace weft
