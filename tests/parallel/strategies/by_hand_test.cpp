#include "weft/parallel/strategies/by_hand.h"

#include <gtest/gtest.h>

#include "weft/ops/linear/matmul.h"
#include "weft/ops/pointwise/scale.h"

namespace weft {
namespace {

TEST(ByHand, TakesItsRulesAndPlacesTheResults) {
  GraphBuilder build;
  const ValueId x = build.input("x", {DType::f64, {4, 6}}, {"batch", "c"});
  const ValueId w = build.state("w", {DType::f64, {6, 8}}, {}, kParameter);
  const ValueId y = linear(build, scale(build, x, 2), w);
  build.output("y", y);
  const Graph graph = std::move(build).build();
  const Mesh mesh({{"a", 2}});
  const ByHand strategy(
      [](const Graph& g, NodeId id, const IndexMap& map) {
        std::vector<std::vector<int>> axes(map.axes.size());
        if (g.node(id).op->name() == "matmul") axes[2] = {0};
        return axes;
      },
      [](const Graph& g, ValueId id) {
        Placement placement = Placement::replicate(g.type(id).shape.size());
        if (g.value(id).state_kind == kParameter) placement.sharded[1] = {0};
        return placement;
      });
  const Assignment assignment = strategy.assign(graph, mesh, Machine{});
  verify(assignment, graph, mesh);
  EXPECT_EQ(to_string(assignment.placements[w.at()], mesh), "a: Shard(1)");
  EXPECT_EQ(to_string(assignment.placements[x.at()], mesh), "Replicate");
  EXPECT_EQ(to_string(assignment.placements[y.at()], mesh), "a: Partial(sum)");
  EXPECT_EQ(assignment.nodes[1].axis_of(0), 2);
  EXPECT_EQ(assignment.nodes[0].axis_of(0), -1);
}

TEST(ByHand, WithoutRulesDividesNothing) {
  GraphBuilder build;
  build.output("y", scale(build, build.input("x", {DType::f64, {4}}, {"batch"}), 2));
  const Graph graph = std::move(build).build();
  const Assignment assignment = ByHand({}).assign(graph, Mesh({{"a", 2}}), Machine{});
  EXPECT_EQ(assignment.placements, undivided(graph).placements);
  EXPECT_FALSE(assignment.nodes[0].splits(0));
}

}  // namespace
}  // namespace weft
