#include "weft/parallel/assignment.h"

#include <gtest/gtest.h>

#include "tests/parallel/whole_rows.h"
#include "weft/base/check.h"
#include "weft/ops/linear/matmul.h"
#include "weft/ops/pointwise/add.h"
#include "weft/ops/pointwise/add_n.h"
#include "weft/ops/reduce/reduce.h"
#include "weft/ops/shape/reshape.h"

namespace weft {
namespace {

const Initializer kZero{};
const Mesh kMesh = Mesh({{"a", 2}, {"b", 2}});

struct Product {
  Graph graph;
  ValueId x, w, y, total;
};

/// y = x [4, 6] · w [6, 8], and y + y.
Product product() {
  GraphBuilder build;
  Product made;
  const auto label = build.labelled("here");
  made.x = build.input("x", {DType::f64, {4, 6}}, {"batch", "c"});
  made.w = build.state("w", {DType::f64, {6, 8}}, kZero, kParameter);
  made.y = linear(build, made.x, made.w);
  made.total = add_n(build, std::vector{made.y, made.y});
  build.output("total", made.total);
  made.graph = std::move(build).build();
  return made;
}

void expect_broken(const Assignment& assignment, const Graph& graph, const std::string& message) {
  try {
    verify(assignment, graph, kMesh);
    ADD_FAILURE() << "no error: " << message;
  } catch (const InternalError& error) {
    EXPECT_NE(std::string(error.what()).find(message), std::string::npos) << error.what();
  }
}

TEST(PlaceValues, ShardsByMajorAxesAndOwesSumsOverTheRest) {
  const Product made = product();
  Assignment assignment = undivided(made.graph);
  assignment.nodes[0].axes = {{1}, {}, {0}};  // rows, columns, the summed axis
  place_values(made.graph, assignment);
  const Placement& y = assignment.placements[made.y.at()];
  EXPECT_EQ(to_string(y, kMesh), "b: Shard(0), a: Partial(sum)");
  // The linear node takes the sum as it is; it is not told to be divided, so the rows are brought together.
  EXPECT_EQ(to_string(assignment.placements[made.total.at()], kMesh), "a: Partial(sum)");
  verify(assignment, made.graph, kMesh);
}

TEST(PlaceValues, AMaximumIsNotPassedOnAsASum) {
  GraphBuilder build;
  const ValueId x = build.input("x", {DType::f64, {4, 6}}, {"batch", "c"});
  const ValueId largest = reduce(build, "max", {x}, "x0", {1})[0];
  const ValueId twice = add_n(build, std::vector{largest, largest});
  build.output("twice", twice);
  const Graph graph = std::move(build).build();
  Assignment assignment = undivided(graph);
  assignment.nodes[0].axes[1] = {0};
  place_values(graph, assignment);
  EXPECT_EQ(to_string(assignment.placements[largest.at()], kMesh), "a: Partial(max)");
  EXPECT_EQ(to_string(assignment.placements[twice.at()], kMesh), "Replicate");
}

TEST(VerifyAssignment, NamesTheNodeWhoseWholeAxisIsSplit) {
  GraphBuilder build;
  const auto label = build.labelled("attention");
  build.output("y", testing::whole_rows(build, build.input("x", {DType::f64, {4, 6}}, {"n", "c"})));
  const Graph graph = std::move(build).build();
  Assignment assignment = undivided(graph);
  assignment.nodes[0].axes[1] = {0};
  place_values(graph, assignment);
  expect_broken(assignment, graph, "node 0 (whole_rows of attention): its axis d1 must stay whole");
}

TEST(VerifyAssignment, NamesTheNodeWhoseEvenAxisDoesNotDivide) {
  GraphBuilder build;
  const ValueId x = build.input("x", {DType::f64, {18}}, {"n"});
  build.output("y", reshape(build, x, {6, 3}));
  const Graph graph = std::move(build).build();
  Assignment assignment = undivided(graph);
  assignment.nodes[0].axes[0] = {0};
  place_values(graph, assignment);
  verify(assignment, graph, kMesh);  // 6 rows of 3 by 2
  assignment.nodes[0].axes[0] = {0, 1};
  place_values(graph, assignment);
  expect_broken(assignment, graph, "node 0 (reshape): its axis r0 of 6 cannot be split evenly into 4");
}

TEST(VerifyAssignment, AMeshAxisSplitsOneAxisOfANode) {
  const Product made = product();
  Assignment assignment = undivided(made.graph);
  assignment.nodes[0].axes = {{0}, {0}, {}};
  place_values(made.graph, assignment);
  expect_broken(assignment, made.graph,
                "node 0 (matmul of here): the mesh axis a splits two of its axes or does not exist");
  assignment.nodes[0].axes = {{2}, {}, {}};
  expect_broken(assignment, made.graph, "the mesh axis 2 (there is none) splits two");
}

TEST(VerifyAssignment, NamesTheFirstResultThatLiesElsewhere) {
  const Product made = product();
  Assignment assignment = undivided(made.graph);
  assignment.placements[made.y.at()].sharded[0] = {0};
  assignment.placements[made.total.at()].sharded[0] = {0};
  expect_broken(assignment, made.graph,
                "node 0 (matmul of here): output 0 is assigned a: Shard(0), and its axes make it Replicate");
}

TEST(VerifyAssignment, OnlyWhatStartsAtZeroAndIsNotLearntMayBePartial) {
  const Product made = product();
  Assignment assignment = undivided(made.graph);
  assignment.placements[made.w.at()].partial = {0};
  expect_broken(assignment, made.graph,
                "w: only a state that starts at zero and is not learnt may be a partial sum");
  GraphBuilder build;
  const ValueId seen = build.state("seen", {DType::f32, {4}}, {}, kBuffer);
  build.update(seen, add(build, seen, build.input("x", {DType::f32, {4}}, {"n"})));
  const Graph kept = std::move(build).build();
  assignment = undivided(kept);
  assignment.placements[seen.at()].partial = {0};
  expect_broken(assignment, kept, "seen: a partial sum must be set to zero in each step");
  assignment = undivided(made.graph);
  assignment.placements[made.x.at()].sharded = {{0}, {0}};
  expect_broken(assignment, made.graph, "x: its placement uses the mesh axis a twice or wrongly");
}

TEST(VerifyAssignment, CountsNodesAxesAndValues) {
  const Product made = product();
  Assignment assignment = undivided(made.graph);
  assignment.nodes[0].axes.pop_back();
  expect_broken(assignment, made.graph, "node 0 (matmul of here): an assignment of 2 axes, and the op has 3");
  assignment.nodes.pop_back();
  expect_broken(assignment, made.graph, "an assignment of 1 nodes for a graph of 2");
  assignment = undivided(made.graph);
  assignment.placements.pop_back();
  expect_broken(assignment, made.graph, "an assignment of 3 values for a graph of 4");
  assignment = undivided(made.graph);
  assignment.placements[made.x.at()].sharded.pop_back();
  expect_broken(assignment, made.graph, "x: a placement of 1 dimensions for f64[4, 6]");
}

}  // namespace
}  // namespace weft
