// What the partition inserts, and that it inserts it where owned and needed regions differ and nowhere else.
#include "weft/parallel/partition.h"

#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <array>

#include "tests/ops/expect_error.h"
#include "tests/parallel/whole_rows.h"
#include "weft/base/check.h"
#include "weft/expression/text.h"
#include "weft/ops/linear/matmul.h"
#include "weft/ops/pointwise/add_n.h"
#include "weft/ops/pointwise/fill.h"
#include "weft/ops/pointwise/scale.h"
#include "weft/ops/pointwise/tanh.h"
#include "weft/ops/reduce/reduce.h"
#include "weft/ops/window/convolution.h"
#include "weft/parallel/comm_ops.h"
#include "weft/parallel/strategies/by_hand.h"

namespace weft {
namespace {

const Initializer kZero{};
const Mesh kPair = Mesh({{"a", 2}});
const Mesh kSquare = Mesh({{"a", 2}, {"b", 2}});

using Axes = std::vector<std::vector<int>>;

/// An assignment by tables: node number -> axes, value -> how its dimensions are split.
LocalGraph part(const Graph& graph, const Mesh& mesh, int rank, const std::map<int, Axes>& nodes,
                const std::map<ValueId, Placement>& values = {}) {
  const ByHand strategy(
      [&](const Graph&, NodeId id, const IndexMap& map) {
        const auto found = nodes.find(id.index);
        return found != nodes.end() ? found->second : Axes(map.axes.size());
      },
      [&](const Graph& g, ValueId id) {
        const auto found = values.find(id);
        return found != values.end() ? found->second : Placement::replicate(g.type(id).shape.size());
      });
  return partition(graph, strategy.assign(graph, mesh, Machine{}), mesh, rank);
}

Placement sharded(Axes dims) { return {std::move(dims), {}, Combine::sum}; }

/// "x0 * 2.0 all_gather(0) tanh(x0)": the nodes in order, communication with its mesh axes.
std::string text(const LocalGraph& local) {
  std::string all;
  for (const Node& node : local.graph.nodes()) {
    all += (all.empty() ? "" : " ") + node.op->title();
    const CommSpec* spec = node.op->communication();
    if (spec != nullptr) all += fmt::format("({})", fmt::join(spec->mesh_axes, ","));
  }
  return all;
}

/// y = tanh(2 x) of x [4, 6].
struct Chain {
  Graph graph;
  ValueId x;

  Chain() {
    GraphBuilder build;
    x = build.input("x", {DType::f64, {4, 6}}, {"batch", "c"});
    build.output("y", tanh(build, scale(build, x, 2)));
    graph = std::move(build).build();
  }
};

TEST(Partition, InsertsNothingWhereTheSplitRunsThrough) {
  const Chain chain;
  const LocalGraph local =
      part(chain.graph, kPair, 1, {{0, {{0}, {}}}, {1, {{0}, {}}}}, {{chain.x, sharded({{0}, {}})}});
  EXPECT_EQ(text(local), "x0 * 2.0 tanh(x0) all_gather(0)") << "outputs are whole on every rank";
  EXPECT_EQ(local.named.at("x").region, (Region{{{2, 4}, {0, 6}}}));
  EXPECT_TRUE(local.named.at("x").owner);
}

TEST(Partition, TakesAPartOfWhatItHasWithoutCommunication) {
  const Chain chain;
  EXPECT_EQ(text(part(chain.graph, kPair, 0, {{0, {{0}, {}}}, {1, {{0}, {}}}})),
            "take_region x0 * 2.0 tanh(x0) all_gather(0)");
}

TEST(Partition, ExchangesBoxesWhereTheSplitDimensionChanges) {
  const Chain chain;
  const LocalGraph local =
      part(chain.graph, kPair, 0, {{0, {{0}, {}}}, {1, {{}, {0}}}}, {{chain.x, sharded({{0}, {}})}});
  EXPECT_EQ(text(local), "x0 * 2.0 exchange(0) tanh(x0) all_gather(0)");
  const CommSpec& spec = *local.graph.nodes()[1].op->communication();
  ASSERT_EQ(spec.sends.size(), 1U);
  EXPECT_EQ(spec.sends[0].region, (Region{{{0, 2}, {3, 6}}}));
  EXPECT_EQ(spec.receives[0].region, (Region{{{2, 4}, {0, 3}}}));
}

TEST(Partition, ExchangesHalosOfWindows) {
  GraphBuilder build;
  const ValueId x = build.input("x", {DType::f64, {1, 8, 1}}, {"n", "height", "c"});
  const ValueId w = build.state("w", {DType::f64, {1, 1, 3}}, kZero, kParameter);
  build.output("y", convolution(build, x, w, {.pad_low = {1}, .pad_high = {1}}));
  const Graph graph = std::move(build).build();
  const LocalGraph local = part(graph, kPair, 0, {{0, {{}, {0}, {}, {}, {}}}}, {{x, sharded({{}, {0}, {}})}});
  EXPECT_EQ(text(local), "exchange(0) convolution all_gather(0)");
  const CommSpec& spec = *local.graph.nodes()[0].op->communication();
  ASSERT_EQ(spec.sends.size(), 1U);
  EXPECT_EQ(spec.sends[0].region, (Region{{{0, 1}, {3, 4}, {0, 1}}}));
  EXPECT_EQ(spec.receives[0].region, (Region{{{0, 1}, {4, 5}, {0, 1}}}));
}

TEST(Partition, GathersForTheNodeThatNeedsAnAxisWholeAndForNoOther) {
  GraphBuilder build;
  const ValueId x = build.input("x", {DType::f64, {4, 6}}, {"batch", "c"});
  build.output("y", tanh(build, testing::whole_rows(build, scale(build, x, 2))));
  const Graph graph = std::move(build).build();
  const LocalGraph local = part(graph, kPair, 1, {{0, {{}, {0}}}, {2, {{}, {0}}}}, {{x, sharded({{}, {0}})}});
  EXPECT_EQ(text(local), "x0 * 2.0 all_gather(0) whole_rows take_region tanh(x0) all_gather(0)");
  EXPECT_EQ(local.graph.type(local.graph.nodes()[0].outputs[0]).shape, (Dims{4, 3}));
  EXPECT_EQ(local.graph.type(local.graph.nodes()[2].outputs[0]).shape, (Dims{4, 6}));
  EXPECT_EQ(local.graph.type(local.graph.nodes()[4].outputs[0]).shape, (Dims{4, 3}));
}

/// tanh(x · w) of x [4, 6], w [6, 8].
struct Product {
  Graph graph;
  ValueId x, w;

  Product() {
    GraphBuilder build;
    x = build.input("x", {DType::f64, {4, 6}}, {"batch", "c"});
    w = build.state("w", {DType::f64, {6, 8}}, kZero, kParameter);
    build.output("y", tanh(build, linear(build, x, w)));
    graph = std::move(build).build();
  }
};

TEST(Partition, SumsPartsOfASplitContractionByAllReduce) {
  const Product product;
  const LocalGraph local = part(product.graph, kPair, 0, {{0, {{}, {}, {0}}}},
                                {{product.x, sharded({{}, {0}})}, {product.w, sharded({{0}, {}})}});
  EXPECT_EQ(text(local), "matmul all_reduce(0) tanh(x0)");
}

TEST(Partition, NamesASumAfterWhoOwesIt) {
  GraphBuilder build;
  const ValueId x = build.input("x", {DType::f64, {4, 6}}, {"batch", "c"});
  const ValueId w = build.state("w", {DType::f64, {6, 8}}, kZero, kParameter);
  const auto product = [&] {
    const auto labelled = build.labelled("layer");
    return linear(build, x, w);
  };
  const ValueId made = product();
  const auto labelled = build.labelled("reader");
  build.output("y", tanh(build, made));
  const Graph graph = std::move(build).build();
  const LocalGraph local =
      part(graph, kPair, 0, {{0, {{}, {}, {0}}}}, {{x, sharded({{}, {0}})}, {w, sharded({{0}, {}})}});
  EXPECT_EQ(text(local), "matmul all_reduce(0) tanh(x0)");
  EXPECT_EQ(local.graph.nodes()[1].label, "layer");
  EXPECT_EQ(local.graph.nodes()[2].label, "reader");
}

TEST(Partition, RefusesToCombineBits) {
  testing::expect_user_error(
      [] {
        all_reduce_op({0}, 2, Combine::max, {{DType::bit, {5}}});
      },
      "all_reduce: got elements of bit, expected numbers to combine over ranks.");
  const std::vector<Region> halves{{{{0, 3}}}, {{{3, 5}}}};
  testing::expect_user_error(
      [&] { reduce_scatter_op({0}, Combine::sum, DType::bit, Region::all({5}), halves, 0); },
      "reduce_scatter: got elements of bit, expected numbers to combine over ranks.");
}

TEST(Partition, CountsTheBytesOfPackedBits) {
  const std::vector<Region> halves{{{{0, 9}}}, {{{9, 17}}}};
  EXPECT_EQ(all_gather_op({0}, DType::bit, Region::all({17}), halves, 0)->communication()->network_bytes, 2);
  EXPECT_EQ(all_gather_op({0}, DType::bit, Region::all({17}), halves, 1)->communication()->network_bytes, 1);
  EXPECT_EQ(exchange_op({0}, DType::bit, halves[0], halves[1], {{1, halves[0]}}, {}, 2)
                ->communication()
                ->network_bytes,
            2);
}

TEST(Partition, SumsAndScattersWhereTheReaderIsSplit) {
  const Product product;
  const LocalGraph local = part(product.graph, kPair, 0, {{0, {{}, {}, {0}}}, {1, {{}, {0}}}},
                                {{product.x, sharded({{}, {0}})}, {product.w, sharded({{0}, {}})}});
  EXPECT_EQ(text(local), "matmul reduce_scatter(0) tanh(x0) all_gather(0)");
}

TEST(Partition, ScattersOverAllAxesThatOweTogether) {
  const Product product;
  const std::map<ValueId, Placement> values{{product.x, sharded({{}, {0, 1}})},
                                            {product.w, sharded({{0, 1}, {}})}};
  // One dimension over both axes, the inner one first in number.
  const LocalGraph nested =
      part(product.graph, kSquare, 1, {{0, {{}, {}, {0, 1}}}, {1, {{}, {1, 0}}}}, values);
  EXPECT_EQ(text(nested), "matmul reduce_scatter(0,1) tanh(x0) all_gather(0,1)");
  const CommSpec& spec = *nested.graph.nodes()[1].op->communication();
  EXPECT_EQ(spec.group_size, 4);
  EXPECT_EQ(spec.target, (Region{{{0, 4}, {4, 6}}})) << "rank 1 has b = 1, which is outermost";
  EXPECT_EQ(spec.network_bytes, 4 * 8 * 8 * 3 / 4);
  // Two dimensions, one axis each: still one communication.
  EXPECT_EQ(text(part(product.graph, kSquare, 1, {{0, {{}, {}, {0, 1}}}, {1, {{1}, {0}}}}, values)),
            "matmul reduce_scatter(0,1) tanh(x0) all_gather(0,1)");
  // The reader is split over one of them: the sum over the other is made of the smaller parts.
  EXPECT_EQ(text(part(product.graph, kSquare, 1, {{0, {{}, {}, {0, 1}}}, {1, {{0}, {}}}}, values)),
            "matmul reduce_scatter(0) all_reduce(1) tanh(x0) all_gather(0)");
}

TEST(Partition, ScattersADimensionThatIsSplitAlready) {
  const Product product;
  // Rows over a; the sum over b is scattered into the rows of each rank.
  const LocalGraph local = part(product.graph, kSquare, 3, {{0, {{0}, {}, {1}}}, {1, {{0, 1}, {}}}},
                                {{product.x, sharded({{0}, {1}})}, {product.w, sharded({{1}, {}})}});
  EXPECT_EQ(text(local), "matmul reduce_scatter(1) tanh(x0) all_gather(0,1)");
  const CommSpec& spec = *local.graph.nodes()[1].op->communication();
  EXPECT_EQ(spec.source, (Region{{{2, 4}, {0, 8}}}));
  EXPECT_EQ(spec.target, (Region{{{3, 4}, {0, 8}}}));
}

/// tanh(x · w + r) of r [4, 8], and what reads the product once more.
TEST(Partition, LeavesSumsOwedThroughLinearNodes) {
  GraphBuilder build;
  const ValueId x = build.input("x", {DType::f64, {4, 6}}, {"batch", "c"});
  const ValueId w = build.state("w", {DType::f64, {6, 8}}, kZero, kParameter);
  const ValueId r = build.input("r", {DType::f64, {4, 8}}, {"batch", "c"});
  build.output("y", tanh(build, add_n(build, std::vector{linear(build, x, w), r})));
  const Graph graph = std::move(build).build();
  const auto local = [&](int rank) {
    return part(graph, kPair, rank, {{0, {{}, {}, {0}}}}, {{x, sharded({{}, {0}})}, {w, sharded({{0}, {}})}});
  };
  // What all have counts once: one rank keeps it, the other has zeros.
  EXPECT_EQ(text(local(0)), "matmul keep_or_zero add_n all_reduce(0) tanh(x0)");
  EXPECT_EQ(attribute_text(*local(0).graph.nodes()[1].op), "keep=true");
  EXPECT_EQ(attribute_text(*local(1).graph.nodes()[1].op), "keep=false");
}

TEST(Partition, SettlesAMaximumBeforeASum) {
  GraphBuilder build;
  const ValueId x = build.input("x", {DType::f64, {4, 6}}, {"batch", "c"});
  const ValueId largest = reduce(build, "max", {x}, "x0", {1})[0];
  build.output("y", add_n(build, std::vector{largest, largest}));
  const Graph graph = std::move(build).build();
  const LocalGraph local = part(graph, kPair, 0, {{0, {{}, {0}}}}, {{x, sharded({{}, {0}})}});
  EXPECT_EQ(text(local), "max(x0) all_reduce(0) add_n");
  EXPECT_EQ(local.graph.nodes()[1].op->communication()->combine, Combine::max);
}

TEST(Partition, SettlesAMaximumBesideASumThatStaysOwed) {
  GraphBuilder build;
  const ValueId x = build.input("x", {DType::f64, {4, 6}}, {"batch", "c"});
  const ValueId v = build.state("v", {DType::f64, {6}}, kZero, kParameter);
  const ValueId largest = reduce(build, "max", {x}, "x0", {1})[0];
  build.output("y", add_n(build, std::vector{largest, matmul(build, x, v, {.n = 0})}));
  const Graph graph = std::move(build).build();
  const LocalGraph local =
      part(graph, kPair, 0, {{0, {{}, {0}}}, {1, {{}, {0}}}}, {{x, sharded({{}, {0}})}, {v, sharded({{0}})}});
  EXPECT_EQ(text(local), "max(x0) matmul all_reduce(0) keep_or_zero add_n all_reduce(0)");
}

TEST(Partition, CommunicatesOnceForAllReadersOfASegment) {
  GraphBuilder build;
  const ValueId x = build.input("x", {DType::f64, {4, 6}}, {"batch", "c"});
  const ValueId doubled = scale(build, x, 2);
  build.output("one", testing::whole_rows(build, doubled));
  build.output("other", testing::whole_rows(build, doubled));
  const Graph graph = std::move(build).build();
  EXPECT_EQ(text(part(graph, kPair, 0, {{0, {{}, {0}}}}, {{x, sharded({{}, {0}})}})),
            "x0 * 2.0 all_gather(0) whole_rows whole_rows");
}

TEST(Partition, GathersThePartsOfWhatNoOperationOfMpiCombines) {
  GraphBuilder build;
  const ValueId x = build.input("x", {DType::f64, {4, 7}}, {"batch", "c"});
  const std::vector<ValueId> moments = reduce(build, "moments", {x}, "x0", {1});
  build.output("mean", moments[0]);
  build.output("squares", moments[1]);
  const Graph graph = std::move(build).build();
  const LocalGraph local = part(graph, kPair, 1, {{0, {{}, {0}}}}, {{x, sharded({{}, {0}})}});
  // Both components once, and then what each becomes of both.
  EXPECT_EQ(text(local),
            "moments(x0) reshape all_gather(0) reshape all_gather(0) sum(x0 * (select(index[… "
            "sum(t0 = x0 - x2; x1 + …");
  EXPECT_EQ(local.graph.type(local.graph.nodes()[2].outputs[0]).shape, (Dims{2, 4}));
}

/// running += x · w in each microbatch; tanh(running) once a step, which then clears it.
TEST(Partition, APartialStateCommunicatesWhenItIsUsed) {
  GraphBuilder build;
  const ValueId x = build.input("x", {DType::f64, {4, 6}}, {"batch", "c"});
  const ValueId w = build.state("w", {DType::f64, {6, 8}}, kZero, kParameter);
  const ValueId running = build.state("running", {DType::f64, {4, 8}}, kZero, kBuffer);
  {
    const auto labelled = build.labelled("layer");
    build.update(running, add_n(build, std::vector{running, linear(build, x, w)}));
  }
  const SegmentId update = build.segment({"update", Cadence::each_step()});
  const auto scope = build.in(update);
  build.output("y", tanh(build, running));
  build.update(running, fill(build, {DType::f64, {4, 8}}, 0));
  const Graph graph = std::move(build).build();
  Placement owed = Placement::replicate(2);
  owed.partial = {0};
  const LocalGraph local = part(graph, kPair, 1, {{0, {{}, {}, {0}}}},
                                {{x, sharded({{}, {0}})}, {w, sharded({{0}, {}})}, {running, owed}});
  EXPECT_EQ(text(local), "matmul add_n all_reduce(0) tanh(x0) 0.0") << "zeros are nobody's to keep";
  EXPECT_EQ(local.graph.nodes()[2].segment, update);
  EXPECT_EQ(local.graph.nodes()[2].label, "layer");
  EXPECT_FALSE(local.named.at("running").owner) << "rank 0 writes the region";
}

/// The sums of x and of its squares along the rows of x [rows, 6], of which each rank has some columns.
struct TwoSums {
  GraphBuilder build;
  ValueId x;
  std::vector<ValueId> sums;

  explicit TwoSums(const std::vector<DType>& dtypes = {DType::f64, DType::f64}, int64_t rows = 4)
      : x(build.input("x", {DType::f64, {rows, 6}}, {"batch", "c"})) {
    Pointwise op;
    op.expression = parse_expression("x0, x0 * x0");
    op.operands = {{0, 1}};
    op.results = {{0}, {0}};
    op.reductions = {"sum", "sum"};
    op.dtypes = dtypes;
    op.space = {rows, 6};
    sums = pointwise(build, std::array{x}, std::move(op));
  }
  LocalGraph part_of(int rank) {
    const Graph graph = std::move(build).build();
    return part(graph, kPair, rank, {{0, {{}, {0}}}}, {{x, sharded({{}, {0}})}});
  }
};

TEST(Partition, SumsWhatOneNodeOwesAnotherInOneMessage) {
  TwoSums owed;
  owed.build.output("y", pointwise(owed.build, {owed.sums[0], owed.sums[1]}, "x0 * x1"));
  owed.build.output("first", tanh(owed.build, owed.sums[0]));
  const LocalGraph local = owed.part_of(1);
  EXPECT_EQ(text(local), "x0, x0 * x0 all_reduce(0) x0 * x1 tanh(x0)") << "and no reader sums it again";
  const Node& sum = local.graph.nodes()[1];
  EXPECT_EQ(sum.inputs, local.graph.nodes()[0].outputs);
  EXPECT_EQ(local.graph.nodes()[2].inputs, sum.outputs);
  EXPECT_EQ(sum.op->communication()->network_bytes, 2 * 4 * 8);
}

TEST(Partition, SumsForLaterReadersInTheSameMessage) {
  TwoSums owed;
  owed.build.output("y", tanh(owed.build, owed.sums[0]));
  owed.build.output("z", tanh(owed.build, owed.sums[1]));
  EXPECT_EQ(text(owed.part_of(0)), "x0, x0 * x0 all_reduce(0) tanh(x0) tanh(x0)");
}

/// Its sums travel when it asks for them, between other steps of the backward pass.
TEST(Partition, LeavesWhatOnlyTheOptimizerReadsToIt) {
  GraphBuilder build;
  const ValueId x = build.input("x", {DType::f64, {6, 4}}, {"batch", "c"});
  Pointwise op = trailing_pointwise(build, std::array{x});
  op.expression = parse_expression("x0, x0 * x0");
  op.results = {{1}, {1}};
  op.reductions = {"sum", "sum"};
  op.dtypes = {DType::f64, DType::f64};
  const std::vector<ValueId> sums = pointwise(build, std::array{x}, std::move(op));
  std::vector<ValueId> next;
  for (const std::string name : {"first", "second"}) {
    const ValueId w = build.state(name, {DType::f64, {4}}, kZero, kParameter);
    next.push_back(pointwise(build, {w, sums[next.size()]}, "x0 - x1 * x1"));
    build.update(w, next.back());
  }
  const Graph graph = std::move(build).build();
  const LocalGraph local = part(graph, kPair, 0, {{0, {{0}, {}}}}, {{x, sharded({{0}, {}})}});
  EXPECT_EQ(text(local), "x0, x0 * x0 all_reduce(0) x0 - x1 * x1 all_reduce(0) x0 - x1 * x1");
}

TEST(Partition, SumsLargeResultsEachByItself) {
  TwoSums owed({DType::f64, DType::f64}, 40000);
  owed.build.output("y", pointwise(owed.build, {owed.sums[0], owed.sums[1]}, "x0 * x1"));
  EXPECT_EQ(text(owed.part_of(0)), "x0, x0 * x0 all_reduce(0) all_reduce(0) x0 * x1");
}

TEST(Partition, SumsResultsOfTwoDtypesEachByItself) {
  TwoSums owed({DType::f64, DType::f32});
  owed.build.output("y", pointwise(owed.build, {owed.sums[0], owed.sums[1]}, "x0 * x1"));
  EXPECT_EQ(text(owed.part_of(0)), "x0, x0 * x0 all_reduce(0) all_reduce(0) x0 * x1");
}

TEST(Partition, GivesEmptyPartsWhereThereAreMoreRanksThanElements) {
  const Chain chain;
  const Mesh mesh({{"a", 8}});
  const std::map<int, Axes> rows{{0, {{0}, {}}}, {1, {{0}, {}}}};
  const LocalGraph local = part(chain.graph, mesh, 7, rows, {{chain.x, sharded({{0}, {}})}});
  EXPECT_TRUE(local.named.at("x").region.empty());
  EXPECT_EQ(text(local), text(part(chain.graph, mesh, 0, rows, {{chain.x, sharded({{0}, {}})}})));
}

TEST(Partition, RefusesWhatItDoesNotCarryOut) {
  const Chain chain;
  Assignment assignment = undivided(chain.graph);
  assignment.nodes[1].stage = 1;
  try {
    partition(chain.graph, assignment, kPair, 0);
    ADD_FAILURE() << "no error";
  } catch (const InternalError& error) {
    EXPECT_NE(std::string(error.what()).find("node 1: stages and recomputation are not carried out"),
              std::string::npos)
        << error.what();
  }
}

}  // namespace
}  // namespace weft
