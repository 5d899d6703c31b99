#include "weft/parallel/strategies/named_axes.h"

#include <gtest/gtest.h>

#include "tests/ops/expect_error.h"
#include "tests/parallel/whole_rows.h"
#include "weft/ops/gradient/gradients.h"
#include "weft/ops/linear/matmul.h"
#include "weft/ops/norm/layer_norm.h"
#include "weft/ops/optimizer/sgd.h"
#include "weft/ops/pointwise/add_n.h"
#include "weft/ops/pointwise/fill.h"
#include "weft/ops/pointwise/gelu.h"
#include "weft/ops/pointwise/scale.h"
#include "weft/ops/reduce/reduce_sum.h"
#include "weft/ops/shape/mix_pairs.h"

namespace weft {
namespace {

const Initializer kZero{};

Assignment assigned(const Graph& graph, const Mesh& mesh, NamedAxesOptions options = {}) {
  Assignment assignment = NamedAxes(std::move(options)).assign(graph, mesh, Machine{});
  verify(assignment, graph, mesh);
  return assignment;
}

void expect_refused(const Graph& graph, const Mesh& mesh, const std::string& message) {
  testing::expect_user_error([&] { NamedAxes().assign(graph, mesh, Machine{}); }, message);
}

std::string where(const Assignment& assignment, const Mesh& mesh, ValueId id) {
  return to_string(assignment.placements[id.at()], mesh);
}

/// Feed-forward layer with its training: x [batch, c], states up, down and what sgd keeps beside them.
struct Layer {
  GraphBuilder build;
  ValueId x, up, down, y;
  std::vector<ValueId> momenta;

  explicit Layer(int64_t hidden = 12) {
    x = build.input("x", {DType::f64, {6, 4}}, {"batch", "c"});
    up = build.state("up", {DType::f64, {hidden, 4}}, kZero, kParameter);
    down = build.state("down", {DType::f64, {4, hidden}}, kZero, kParameter);
    y = linear(build, gelu(build, linear(build, x, up, true), GeluKind::tanh), down, true);
    build.output("y", y);
  }
  void train() {
    const std::vector<ValueId> weights{up, down};
    const auto found = gradients(build, reduce_sum(build, y), weights);
    for (size_t p = 0; p < weights.size(); ++p) {
      momenta.push_back(build.state("momentum" + std::to_string(p), build.type(weights[p]), kZero, kBuffer));
      const ValueId rate = build.input("rate", {DType::f64, {}}, {});
      const SgdResults next = sgd(build, {weights[p], *found[p], momenta[p], rate, rate}, {});
      build.update(weights[p], next.param);
      build.update(momenta[p], next.momentum);
    }
  }
};

TEST(NamedAxes, DataSplitsTheBatchAndTensorTheHiddenUnits) {
  Layer layer;
  layer.train();
  const Graph graph = std::move(layer.build).build();
  const Mesh mesh({{"data", 2}, {"tensor", 3}});
  const Assignment assignment = assigned(graph, mesh);
  EXPECT_EQ(where(assignment, mesh, layer.x), "data: Shard(0)");
  EXPECT_EQ(where(assignment, mesh, layer.up), "tensor: Shard(0)");
  EXPECT_EQ(where(assignment, mesh, layer.down), "tensor: Shard(1)");
  EXPECT_EQ(where(assignment, mesh, layer.y), "data: Shard(0), tensor: Partial(sum)");
  EXPECT_EQ(where(assignment, mesh, layer.momenta[0]), "tensor: Shard(0)");
}

TEST(NamedAxes, AShardedOptimizerLivesAlsoOverData) {
  Layer layer;
  layer.train();
  const Graph graph = std::move(layer.build).build();
  const Mesh mesh({{"data", 2}, {"tensor", 3}});
  const Assignment assignment = assigned(graph, mesh, {.shard_optimizer = true});
  EXPECT_EQ(where(assignment, mesh, layer.up), "tensor: Shard(0)");
  EXPECT_EQ(where(assignment, mesh, layer.momenta[0]), "tensor: Shard(0), data: Shard(1)");
  EXPECT_EQ(where(assignment, mesh, layer.momenta[1]), "data: Shard(0), tensor: Shard(1)");
}

TEST(NamedAxes, SaysThatNoOptimizerStateIsLongEnough) {
  Layer layer;
  layer.train();
  const Graph graph = std::move(layer.build).build();
  testing::expect_user_error(
      [&] {
        NamedAxes({.shard_optimizer = true}).assign(graph, Mesh({{"data", 13}}), Machine{});
      },
      "parallel.shard_optimizer: no dimension of the optimizer's states can be split 13 ways");
  const Layer forward;  // nothing is learnt, so nothing is missing
  assigned(forward.build.graph(), Mesh({{"data", 13}}), {.shard_optimizer = true});
}

TEST(NamedAxes, ARunningSumOfGradientsStaysOwed) {
  Layer layer;
  const auto found = gradients(layer.build, reduce_sum(layer.build, layer.y), std::span(&layer.up, 1));
  const ValueId kept = layer.build.state("gradient.up", layer.build.type(layer.up), kZero, kBuffer);
  const ValueId one =
      layer.build.state("offset", layer.build.type(layer.up), {Initializer::Kind::constant, 1}, kBuffer);
  layer.build.update(kept, add_n(layer.build, std::vector{kept, *found[0]}));
  layer.build.update(one, add_n(layer.build, std::vector{one, *found[0]}));
  const ValueId never_cleared = layer.build.state("seen", layer.build.type(layer.up), kZero, kBuffer);
  layer.build.update(never_cleared, add_n(layer.build, std::vector{never_cleared, *found[0]}));
  {
    const auto update = layer.build.in(layer.build.segment({"update", Cadence::each_step()}));
    for (const ValueId state : {kept, one}) {
      layer.build.update(state, fill(layer.build, layer.build.type(layer.up), 0));
    }
  }
  const Graph graph = std::move(layer.build).build();
  const Mesh mesh({{"data", 2}, {"tensor", 3}});
  const Assignment assignment = assigned(graph, mesh);
  EXPECT_EQ(where(assignment, mesh, kept), "tensor: Shard(0), data: Partial(sum)");
  EXPECT_EQ(where(assignment, mesh, one), "tensor: Shard(0)") << "its start would be counted twice";
  EXPECT_EQ(where(assignment, mesh, never_cleared), "tensor: Shard(0)") << "a checkpoint would hold a part";
}

TEST(NamedAxes, TwoMeshAxesMaySplitOneDimension) {
  const Layer layer;
  const Mesh mesh({{"outer", 2}, {"inner", 3}});
  NamedAxesOptions options;
  options.input_dimension = {{"outer", "batch"}, {"inner", "batch"}};
  const Assignment assignment = assigned(layer.build.graph(), mesh, options);
  EXPECT_EQ(where(assignment, mesh, layer.x), "outer: Shard(0), inner: Shard(0)");
  EXPECT_EQ(where(assignment, mesh, layer.y), "outer: Shard(0), inner: Shard(0)");
}

TEST(NamedAxes, LeavesWholeWhatCannotBeSplitEvenly) {
  GraphBuilder build;
  const ValueId x = build.input("x", {DType::f64, {6, 4}}, {"batch", "c"});
  const ValueId share = build.input("share", {DType::f64, {}}, {});
  const ValueId mixed = mix_pairs(build, x, share);  // 3 pairs of 2
  build.output("y", scale(build, mixed, 2));
  const Graph graph = std::move(build).build();
  const Mesh mesh({{"data", 2}});
  const Assignment assignment = assigned(graph, mesh);
  EXPECT_EQ(where(assignment, mesh, x), "data: Shard(0)");
  EXPECT_EQ(graph.nodes()[0].op->name(), "reshape");
  EXPECT_FALSE(assignment.nodes[0].splits(0));
  EXPECT_TRUE(assignment.nodes[1].splits(0)) << "pairs themselves may be uneven";
}

TEST(NamedAxes, TensorLeavesTheChannelsOfANormWholeAndTheirNameSplitsThem) {
  GraphBuilder build;
  const ValueId x = build.input("x", {DType::f64, {4, 6}}, {"batch", "height"});
  const ValueId w = build.state("w", {DType::f64, {8, 6}}, kZero, kParameter);
  const ValueId v = build.state("v", {DType::f64, {3, 8}}, kZero, kParameter);
  const ValueId gamma = build.state("gamma", {DType::f64, {8}}, kZero, kParameter);
  const ValueId channels = matmul(build, x, w, {.transpose_b = true});
  build.output("y", matmul(build, layer_norm(build, channels, gamma, gamma), v, {.transpose_b = true}));
  const ValueId rows = build.input("rows", {DType::f64, {2, 5}}, {"batch", "time"});
  const ValueId scales = build.state("scales", {DType::f64, {5}}, kZero, kParameter);
  build.output("normal", layer_norm(build, rows, scales, scales));
  const Graph graph = std::move(build).build();
  const Mesh tensor({{"tensor", 2}});
  const Assignment split = assigned(graph, tensor);
  EXPECT_EQ(where(split, tensor, w), "Replicate");
  EXPECT_EQ(where(split, tensor, v), "tensor: Shard(0)");
  NamedAxesOptions options;
  options.input_dimension = {{"time", "time"}};
  const Mesh time({{"time", 2}});
  EXPECT_EQ(where(assigned(graph, time, options), time, scales), "time: Shard(0)");
}

TEST(NamedAxes, LeavesAloneTheNodeThatNeedsADimensionWhole) {
  GraphBuilder build;
  const ValueId x = build.input("x", {DType::f64, {4, 6}}, {"batch", "height"});
  const ValueId y = gelu(build, x, GeluKind::tanh);
  const ValueId z = testing::whole_rows(build, y);
  build.output("z", scale(build, z, 2));
  const Graph graph = std::move(build).build();
  const Mesh mesh({{"height", 2}});
  const Assignment assignment = assigned(graph, mesh);
  EXPECT_EQ(where(assignment, mesh, x), "height: Shard(1)");
  EXPECT_EQ(where(assignment, mesh, y), "height: Shard(1)");
  EXPECT_EQ(where(assignment, mesh, z), "Replicate");
  EXPECT_TRUE(assignment.nodes[2].splits(0)) << "what follows is split again";
}

TEST(NamedAxes, SaysThatADimensionIsNeededWholeAndByWhat) {
  GraphBuilder build;
  const ValueId x = build.input("x", {DType::f64, {4, 6}}, {"batch", "height"});
  build.output("y", testing::whole_rows(build, x));
  expect_refused(
      std::move(build).build(), Mesh({{"height", 2}}),
      "parallel.height=2: the dimension \"height\" cannot be split, because whole_rows needs it whole");
}

TEST(NamedAxes, SaysThatADimensionMeetsItself) {
  GraphBuilder build;
  const ValueId x = build.input("x", {DType::f64, {4, 6}}, {"batch", "height"});
  build.output("y", matmul(build, x, x, {.transpose_b = true}));
  expect_refused(std::move(build).build(), Mesh({{"data", 2}}),
                 "parallel.data=2: the dimension \"batch\" meets itself in one op and cannot be split");
}

TEST(NamedAxes, SaysThatNoInputHasTheDimension) {
  const Layer layer;
  expect_refused(layer.build.graph(), Mesh({{"height", 2}}),
                 "parallel.height=2: no input of this model has a dimension \"height\" to split");
}

TEST(NamedAxes, SaysThatParametersAreTooSmall) {
  const Layer layer(3);
  expect_refused(layer.build.graph(), Mesh({{"tensor", 5}}),
                 "parallel.tensor=5: no dimension of the model's parameters can be split 5 ways");
  assigned(layer.build.graph(), Mesh({{"tensor", 2}}));
}

}  // namespace
}  // namespace weft
