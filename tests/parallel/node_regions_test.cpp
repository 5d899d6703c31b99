#include "weft/parallel/node_regions.h"

#include <gtest/gtest.h>

#include "weft/ops/gradient/gradients.h"
#include "weft/ops/linear/matmul.h"
#include "weft/ops/reduce/reduce_sum.h"
#include "weft/ops/window/convolution.h"
#include "weft/ops/window/convolution_backward.h"
#include "weft/parallel/strategies/by_hand.h"

namespace weft {
namespace {

const Initializer kZero{};

/// Every node's axis of this number split by these mesh axes.
Assignment split_axis(const Graph& graph, const Mesh& mesh, const std::string& op, size_t axis,
                      const std::vector<int>& by) {
  return ByHand([&](const Graph& g, NodeId id, const IndexMap& map) {
           std::vector<std::vector<int>> axes(map.axes.size());
           if (g.node(id).op->name() == op) axes[axis] = by;
           return axes;
         })
      .assign(graph, mesh, Machine{});
}

NodeId node_of(const Graph& graph, const std::string& op) {
  for (size_t n = 0; n < graph.nodes().size(); ++n) {
    if (graph.nodes()[n].op->name() == op) return {static_cast<int32_t>(n)};
  }
  ADD_FAILURE() << "no " << op;
  return {};
}

TEST(NodeRegions, OfAContractionAreTheRowsAndAllOfTheWeight) {
  GraphBuilder build;
  const ValueId x = build.input("x", {DType::f64, {5, 3}}, {"n", "c"});
  build.output("y", linear(build, x, build.state("w", {DType::f64, {3, 4}}, kZero, kParameter)));
  const Graph graph = std::move(build).build();
  const Mesh mesh({{"a", 2}, {"b", 2}});
  const Assignment assignment = split_axis(graph, mesh, "matmul", 0, {1, 0});
  const NodeRegions regions(graph, assignment, mesh, {0});
  // b outermost: 3 and 2 rows, each cut along a. Rank 2 has a = 1, b = 0.
  EXPECT_EQ(regions.input(0, 2), (Region{{{2, 3}, {0, 3}}}));
  EXPECT_EQ(regions.input(0, 1), (Region{{{3, 4}, {0, 3}}}));
  EXPECT_EQ(regions.input(1, 1), Region::all({3, 4}));
  EXPECT_EQ(regions.input_placement(0).sharded, (std::vector<std::vector<int>>{{1, 0}, {}}));
  EXPECT_TRUE(regions.splits(0));
}

TEST(NodeRegions, OfAWindowReachIntoTheNeighboursRows) {
  GraphBuilder build;
  const ValueId x = build.input("x", {DType::f64, {1, 8, 2}}, {"n", "height", "c"});
  const ValueId w = build.state("w", {DType::f64, {3, 2, 3}}, kZero, kParameter);
  build.output("y", convolution(build, x, w, {.pad_low = {1}, .pad_high = {1}}));
  const Graph graph = std::move(build).build();
  const Mesh mesh({{"height", 2}});
  const Assignment assignment = split_axis(graph, mesh, "convolution", 1, {0});
  const NodeRegions regions(graph, assignment, mesh, {0});
  EXPECT_EQ(regions.input(0, 0), (Region{{{0, 1}, {0, 5}, {0, 2}}}));
  EXPECT_EQ(regions.input(0, 1), (Region{{{0, 1}, {3, 8}, {0, 2}}}));
}

TEST(NodeRegions, OfABackwardWindowAreAllWindowsThatTouchWhatIsOwned) {
  GraphBuilder build;
  const ValueId x = build.input("x", {DType::f64, {1, 8, 2}}, {"n", "height", "c"});
  const ValueId w = build.state("w", {DType::f64, {3, 2, 3}}, kZero, kParameter);
  const ValueId y = convolution(build, x, w, {.pad_low = {1}, .pad_high = {1}});
  build.output("dx", *gradients(build, reduce_sum(build, y), std::span(&x, 1))[0]);
  const Graph graph = std::move(build).build();
  const NodeId backward = node_of(graph, "convolution_backward_input");
  const Mesh mesh({{"height", 2}});
  const Assignment assignment = split_axis(graph, mesh, "convolution_backward_input", 1, {0});
  const NodeRegions regions(graph, assignment, mesh, backward);
  // Rows [0, 4) of dx are touched by the windows at 0 to 4 of dy.
  EXPECT_EQ(regions.input(0, 0).ranges[1], (Range{0, 5}));
  EXPECT_EQ(regions.input(0, 1).ranges[1], (Range{3, 8}));
}

}  // namespace
}  // namespace weft
