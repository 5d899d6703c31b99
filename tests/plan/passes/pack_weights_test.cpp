#include "weft/plan/passes/pack_weights.h"

#include <gtest/gtest.h>

#include "tests/plan/passes/run_pass.h"
#include "weft/ops/linear/matmul.h"
#include "weft/ops/pointwise/cast.h"
#include "weft/ops/pointwise/scale.h"

namespace weft::testing {
namespace {

struct Product {
  GraphBuilder build;
  ValueId x = build.input("x", {DType::f32, {32, 64}}, {"n", "c"});
  ValueId w = build.state("w", {DType::f32, {48, 64}}, {}, kParameter);
};

TEST(PackWeights, PacksAStateBeforeTheProductThatReadsIt) {
  Product p;
  p.build.output("y", linear(p.build, p.x, p.w, true));
  const Graph graph = std::move(p.build).build();
  const PassResult result = run_pass(pack_weights(), graph);
  EXPECT_EQ(result.gain, 1);
  EXPECT_EQ(titles(result.graph), (std::vector<std::string>{"pack_weight", "packed_matmul"}));
  const auto plain = results_of(graph).at("y");
  const auto packed = results_of(result.graph).at("y");
  for (size_t i = 0; i < plain.size(); ++i) {
    // Sums of 64 products below 1, in another order: some roundings of f32.
    ASSERT_NEAR(packed[i], plain[i], 1e-5) << i;
  }
}

/// The arithmetic of a product is the same however its weight lies, and more than an integer would hold on
/// the way if the packed bytes were counted in.
TEST(PackWeights, ChangesNoArithmetic) {
  GraphBuilder build;
  const ValueId x = build.input("x", {DType::f32, {4096, 768}}, {"n", "c"});
  const ValueId w = build.state("w", {DType::f32, {50257, 768}}, {}, kParameter);
  build.output("y", linear(build, x, w, true));
  const Graph graph = std::move(build).build();
  const Graph packed = run_pass(pack_weights(), graph).graph;
  const auto flops = [](const Graph& of) {
    const Node& node = of.nodes().back();
    return flops_of(*node.op, of.input_types(node), of.output_types(node));
  };
  ASSERT_EQ(packed.nodes().back().op->name(), "packed_matmul");
  EXPECT_EQ(flops(packed), flops(graph));
  EXPECT_EQ(flops(packed), 2.0 * 4096 * 768 * 50257);
}

TEST(PackWeights, PacksWhatIsMadeOfAStateOnceAStep) {
  Product p;
  const ValueId rounded = cast(p.build, cast(p.build, p.w, DType::bf16), DType::f32);
  p.build.output("y", linear(p.build, p.x, rounded, true));
  EXPECT_EQ(run_pass(pack_weights(), std::move(p.build).build()).gain, 1);
}

TEST(PackWeights, LeavesOperandsThatChangeWithinAStep) {
  Product p;
  const ValueId v = p.build.input("v", {DType::f32, {48, 64}}, {"o", "c"});
  p.build.output("y", linear(p.build, p.x, v, true));
  p.build.output("z", linear(p.build, p.x, scale(p.build, p.w, 2), true));
  EXPECT_EQ(run_pass(pack_weights(), std::move(p.build).build()).gain, 0);
}

TEST(PackWeights, LeavesEverythingToADeviceThatPacksNothing) {
  Product p;
  p.build.output("y", linear(p.build, p.x, p.w, true));
  EXPECT_EQ(run_pass(pack_weights(), std::move(p.build).build(), {}, device_named("reference")).gain, 0);
}

}  // namespace
}  // namespace weft::testing
