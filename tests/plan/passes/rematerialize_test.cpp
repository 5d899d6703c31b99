#include "weft/plan/passes/rematerialize.h"

#include <gtest/gtest.h>

#include "tests/plan/passes/run_pass.h"
#include "weft/ops/gradient/gradients.h"
#include "weft/ops/pointwise/dropout.h"
#include "weft/ops/pointwise/gelu.h"
#include "weft/ops/pointwise/multiply.h"
#include "weft/ops/pointwise/scale.h"
#include "weft/ops/pointwise/tanh.h"
#include "weft/ops/reduce/reduce_sum.h"
#include "weft/ops/shape/reshape.h"
#include "weft/parallel/comm_ops.h"
#include "weft/plan/pipeline.h"

namespace weft::testing {
namespace {

const TensorType kRow{DType::f32, {4096}};

/// A chain of 16 links, each a gelu with dropout, its loss and the gradient of where it starts.
Graph chain() {
  GraphBuilder build;
  const ValueId start = build.state("start", kRow, {}, kParameter);
  const ValueId step = build.input("step", {DType::i64, {}}, {});
  ValueId at = start;
  for (uint64_t link = 0; link < 16; ++link) {
    at = dropout(build, gelu(build, at, GeluKind::erf), step, 0.1, 1, link);
  }
  const ValueId loss = reduce_sum(build, multiply(build, at, at));
  build.output("loss", loss);
  build.output("gradient", *gradients(build, loss, std::span(&start, 1)).front());
  return std::move(build).build();
}

/// All results but every eighth: four links are made again from what is kept.
PlanOptions keep_every_eighth() {
  PlanOptions options;
  options.recompute = [](const Graph& graph, ValueId value) {
    return graph.value(value).producer.index % 8 != 7;
  };
  return options;
}

PlanOptions make_again(std::string_view title) {
  PlanOptions options;
  options.recompute = [title](const Graph& graph, ValueId value) {
    return graph.node(graph.value(value).producer).op->title() == title;
  };
  return options;
}

TEST(Rematerialize, LowersThePlannedPeakOfAChain) {
  const auto peak = [](const PlanOptions& options) {
    return make_plan(chain(), device_named("cpu"), options).program.segments[0].peak_bytes;
  };
  EXPECT_LT(peak(keep_every_eighth()), peak({}) * 6 / 10);
}

TEST(Rematerialize, ChangesNoBitAndDrawsTheSameMasks) {
  const Graph graph = chain();
  const PassResult result = run_pass(rematerialize(), graph, keep_every_eighth());
  EXPECT_GT(result.gain, 20);
  EXPECT_GT(result.graph.nodes().size(), graph.nodes().size() + 20);
  EXPECT_EQ(results_of(result.graph), results_of(graph));
}

TEST(Rematerialize, DoesNothingWithoutAPolicyOrWithOneThatChoosesNothing) {
  GraphBuilder build;
  const ValueId x = build.input("x", kRow, {"n"});
  scale(build, x, 3);
  build.output("y", scale(build, x, 2));
  const Graph graph = std::move(build).build();
  for (const PlanOptions& options : {PlanOptions{}, make_again("none")}) {
    const PassResult result = run_pass(rematerialize(), graph, options);
    EXPECT_EQ(result.gain, 0);
    EXPECT_EQ(to_text(result.graph), to_text(graph));
  }
}

/// y = f(late, early): `late` is read at once, and again after some other nodes.
Graph read_late(const std::function<ValueId(GraphBuilder&, ValueId)>& make) {
  GraphBuilder build;
  const ValueId x = build.input("x", kRow, {"n"});
  const ValueId made = make(build, x);
  const ValueId far = tanh(build, tanh(build, tanh(build, made)));
  build.output("y", multiply(build, far, made));
  return std::move(build).build();
}

TEST(Rematerialize, NeverCommunicatesAgain) {
  const Graph graph = read_late([](GraphBuilder& build, ValueId x) {
    return build.add1(all_reduce_op({0}, 2, Combine::sum, {kRow}), {x});
  });
  EXPECT_EQ(run_pass(rematerialize(), graph, make_again("all_reduce")).gain, 0);
}

TEST(Rematerialize, NeverRunsAnOpWithHiddenStateAgain) {
  const Graph graph =
      read_late([](GraphBuilder& build, ValueId x) { return build.add1(std::make_shared<Counter>(), {x}); });
  EXPECT_EQ(run_pass(rematerialize(), graph, make_again("counter")).gain, 0);
}

TEST(Rematerialize, TakesViewsWithWhatTheyView) {
  const Graph graph = read_late([](GraphBuilder& build, ValueId x) {
    return reshape(build, scale(build, x, 2), {64, 64});
  });
  const PassResult result = run_pass(rematerialize(), graph, make_again("x0 * 2.0"));
  EXPECT_EQ(result.gain, 2);
  EXPECT_EQ(titles(result.graph), (std::vector<std::string>{"x0 * 2.0", "reshape", "tanh(x0)", "tanh(x0)",
                                                            "tanh(x0)", "x0 * 2.0", "reshape", "x0 * x1"}));
}

TEST(Rematerialize, MovesWhatIsOnlyReadLate) {
  GraphBuilder build;
  const ValueId x = build.input("x", kRow, {"n"});
  const ValueId doubled = scale(build, x, 2);
  build.output("y", multiply(build, tanh(build, tanh(build, x)), doubled));
  const PassResult result = run_pass(rematerialize(), std::move(build).build(), make_again("x0 * 2.0"));
  EXPECT_EQ(titles(result.graph), (std::vector<std::string>{"tanh(x0)", "tanh(x0)", "x0 * 2.0", "x0 * x1"}));
}

TEST(Rematerialize, LeavesWhatIsReadAtOnceOrLivesToTheEnd) {
  GraphBuilder build;
  const ValueId x = build.input("x", kRow, {"n"});
  const ValueId doubled = scale(build, x, 2);
  const ValueId same = multiply(build, tanh(build, doubled), doubled);
  const ValueId again = scale(build, same, 2);
  build.output("again", again);
  build.output("y", multiply(build, tanh(build, tanh(build, same)), again));
  EXPECT_EQ(run_pass(rematerialize(), std::move(build).build(), make_again("x0 * 2.0")).gain, 0);
}

}  // namespace
}  // namespace weft::testing
