#include "weft/plan/graph_totals.h"

#include <gtest/gtest.h>

#include "weft/ops/pointwise/scale.h"
#include "weft/ops/shape/reshape.h"
#include "weft/parallel/comm_ops.h"

namespace weft {
namespace {

TEST(GraphTotals, AddUpWhatNodesCostAndTakeTheMostThatIsAlive) {
  GraphBuilder build;
  const TensorType row{DType::f32, {32}};  // 128 bytes
  const ValueId x = build.input("x", row, {"n"});
  const ValueId doubled = scale(build, x, 2);
  const ValueId viewed = reshape(build, doubled, {4, 8});
  build.output("y", scale(build, viewed, 3));
  build.output("x", build.add1(all_reduce_op({0}, 2, Combine::sum, {row}), {doubled}));
  PlanOptions options;
  options.mesh = Mesh({{"data", 2}});
  // Arithmetic and memory take no time here: a launch does, and so does a message.
  options.machine.gflops[DType::f32] = 1e12;
  options.machine.memory_gbps = 1e12;
  options.machine.launch_us = 1000;
  options.machine.network = {{"network", std::nullopt, 10'000, 1e12}};
  NodePrices prices(options);
  const GraphTotals totals = totals_of(std::move(build).build(), prices);
  EXPECT_EQ(totals.nodes, 4);
  EXPECT_EQ(totals.flops, 2 * 32);
  EXPECT_EQ(totals.moved_bytes, 4 * 128);
  EXPECT_EQ(totals.sent_bytes, 128);
  EXPECT_NEAR(totals.ms, 2 * 1 + 2 * 10, 1e-6);
  EXPECT_EQ(totals.held_bytes, 3 * 128) << "the input; doubled, which is summed in its place; y";
}

}  // namespace
}  // namespace weft
