#include "weft/plan/passes/separate_attention.h"

#include <gtest/gtest.h>

#include "tests/plan/passes/run_pass.h"
#include "weft/ops/gradient/gradients.h"
#include "weft/ops/linear/attention.h"
#include "weft/ops/reduce/reduce_sum.h"

namespace weft::testing {
namespace {

/// An attention of one operand and its gradient.
Graph attention_and_gradient() {
  GraphBuilder build;
  const ValueId qkv = build.input("qkv", {DType::f64, {2, 6, 3, 2, 4}}, {"batch", "sequence", "p", "h", "d"});
  const ValueId step = build.input("step", {DType::i64, {}}, {});
  const AttentionOptions options{.causal = true, .scale = 0.5, .dropout = 0.25, .seed = 3, .step = step};
  const ValueId loss = reduce_sum(build, attention(build, qkv, options));
  build.output("loss", loss);
  build.output("gradient", *gradients(build, loss, std::vector{qkv})[0]);
  return std::move(build).build();
}

int64_t packed_in(const Graph& graph) {
  int64_t count = 0;
  for (const Node& node : graph.nodes()) {
    if (node.op->name() == Attention::kName) count += static_cast<const Attention&>(*node.op).form.packed;
  }
  return count;
}

TEST(SeparateAttention, GivesTheSameForwardAndBackward) {
  const Graph graph = attention_and_gradient();
  PlanOptions options;
  options.mesh = Mesh({{"sequence", 2}});
  const PassResult result = run_pass(separate_attention(), graph, options);
  EXPECT_EQ(result.gain, 2);
  EXPECT_EQ(packed_in(result.graph), 0);
  EXPECT_EQ(results_of(result.graph), results_of(graph));
}

TEST(SeparateAttention, LeavesItWhereSequencesAreWhole) {
  const Graph graph = attention_and_gradient();
  EXPECT_EQ(run_pass(separate_attention(), graph).gain, 0);
  PlanOptions options;
  options.mesh = Mesh({{"data", 2}});
  EXPECT_EQ(run_pass(separate_attention(), graph, options).gain, 0);
}

}  // namespace
}  // namespace weft::testing
