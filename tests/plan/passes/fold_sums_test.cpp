#include "weft/plan/passes/fold_sums.h"

#include <gtest/gtest.h>

#include "tests/plan/passes/run_pass.h"
#include "weft/ops/gradient/gradients.h"
#include "weft/ops/linear/matmul.h"
#include "weft/ops/reduce/reduce_sum.h"
#include "weft/ops/shape/embedding.h"
#include "weft/plan/buffers.h"

namespace weft::testing {
namespace {

/// The gradient of a table that embeds and is the head too: a sum of two terms.
struct Tied {
  GraphBuilder build;
  ValueId ids = build.input("ids", {DType::i32, {3}}, {"n"});
  ValueId table = build.state("table", {DType::f32, {64, 8}}, {}, kParameter);
  ValueId gradient;
  Tied() {
    const ValueId loss =
        reduce_sum(build, linear(build, embedding(build, table, ids, DType::f32), table, true));
    gradient = *gradients(build, loss, std::span(&table, 1)).front();
    build.output("gradient", gradient);
  }
};

TEST(FoldSums, AddsRowsOfATiedEmbeddingToTheGradientOfTheHead) {
  Tied tied;
  const Graph graph = std::move(tied.build).build();
  const PassResult result = run_pass(fold_sums(), graph);
  EXPECT_EQ(result.gain, 1);
  EXPECT_EQ(result.graph.nodes().size() + 1, graph.nodes().size());
  const Node& last = result.graph.node(result.graph.value(result.graph.outputs()[0].value).producer);
  ASSERT_EQ(last.inputs.size(), 3U);
  const SegmentBuffers buffers = share_buffers(result.graph, last.segment);
  EXPECT_EQ(buffers.of_value.at(last.outputs[0]).transient, buffers.of_value.at(last.inputs[2]).transient);
}

TEST(FoldSums, LeavesATermThatSomethingElseReads) {
  Tied tied;
  const Node& sum = tied.build.graph().node(tied.build.graph().value(tied.gradient).producer);
  const std::vector<ValueId> terms = sum.inputs;  // a copy: the builder grows
  for (size_t i = 0; i < terms.size(); ++i) tied.build.output("term" + std::to_string(i), terms[i]);
  EXPECT_EQ(run_pass(fold_sums(), std::move(tied.build).build()).gain, 0);
}

}  // namespace
}  // namespace weft::testing
