// Of graph/kernel.h, kernels/cpu/attention_traffic.cpp: what kernels move beyond each operand once, by their
// own formulas.
#include <gtest/gtest.h>

#include "tests/ops/case_graph.h"
#include "weft/kernels/attention.h"
#include "weft/kernels/matmul.h"
#include "weft/ops/linear/matmul.h"
#include "weft/ops/shape/embedding.h"

namespace weft::testing {
namespace {

int64_t extra_bytes(const Op& op, const std::vector<TensorType>& inputs) {
  return device_named("cpu").bind({op, inputs, op.infer(inputs)}).extra_bytes;
}

TEST(ExtraBytes, AnOperandThatIsRoundedIsWrittenAndReadOnceMore) {
  GraphBuilder build;
  const TensorType a{DType::bf16, {64, 32}};
  const TensorType weight{DType::f32, {32, 16}};
  matmul(build, build.input("a", a, {"m", "k"}), build.input("w", weight, {"k", "n"}), {});
  const Graph graph = std::move(build).build();
  kernels::GemmShape shape{.m = 64, .n = 16, .k = 32, .in = DType::bf16, .out = DType::bf16};
  EXPECT_EQ(extra_bytes(*graph.nodes()[0].op, {a, weight}),
            2 * 2 * 32 * 16 + kernels::Gemm(shape).extra_bytes());
}

TEST(ExtraBytes, RowsOfATableThatAreAddedToAreReadAndWritten) {
  const EmbeddingBackward op({DType::f32, {100, 8}}, 0);
  EXPECT_EQ(extra_bytes(op, {{DType::f32, {5, 8}}, {DType::i32, {5}}}), 2 * 5 * 8 * 4);
}

TEST(ExtraBytes, OfAttentionBeginWhereAGroupLeavesTheCache) {
  const auto shape = [](int64_t length, bool causal) {
    return kernels::AttentionShape{.batch = 1,
                                   .queries = length,
                                   .keys = length,
                                   .heads = 2,
                                   .groups = 2,
                                   .width = 64,
                                   .causal = causal};
  };
  using kernels::attention_forward_extra_bytes;
  EXPECT_EQ(attention_forward_extra_bytes(shape(1024, false)), 0) << "512 KiB of keys and values";
  // 32 tiles of 64 queries: 31 more walks over 1 MiB, for each of two heads.
  EXPECT_EQ(attention_forward_extra_bytes(shape(2048, false)), 31 * 2 * (int64_t{1} << 20));
  EXPECT_EQ(attention_forward_extra_bytes(shape(2048, true)), 31 * (int64_t{1} << 20));
  EXPECT_GT(kernels::attention_backward_extra_bytes(shape(2048, true)),
            attention_forward_extra_bytes(shape(2048, true)));
}

TEST(ExtraBytes, AreNeverLessThanNothing) {
  for_every_case(all_ops(), 4, [&](const std::string& name, const OpCase& op_case, uint64_t seed) {
    SCOPED_TRACE(name + " seed " + std::to_string(seed));
    const CaseGraph made = case_graph(op_case, dtypes_of(op_case));
    for (const Node& node : made.graph.nodes()) {
      if (node.op->traits().view) continue;
      const std::vector<TensorType> inputs = made.graph.input_types(node);
      EXPECT_GE(extra_bytes(*node.op, inputs), 0) << node.op->name();
    }
  });
}

}  // namespace
}  // namespace weft::testing
