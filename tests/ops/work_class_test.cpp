// Of graph/work_class.h, graph/op.h: the class of an op's work follows from what it says of itself.
#include <gtest/gtest.h>

#include "tests/ops/case_graph.h"
#include "weft/graph/work_class.h"
#include "weft/ops/linear/attention.h"
#include "weft/ops/linear/matmul.h"
#include "weft/ops/pointwise/gelu.h"
#include "weft/ops/shape/embedding.h"
#include "weft/ops/shape/transpose.h"

namespace weft::testing {
namespace {

std::vector<WorkClass> classes_of(const Graph& graph) {
  std::vector<WorkClass> classes;
  for (const Node& node : graph.nodes()) {
    classes.push_back(class_of(*node.op, graph.input_types(node), graph.output_types(node)));
  }
  return classes;
}

template <class Add>
std::vector<WorkClass> classes_of_ops(const TensorType& x, const Add& add) {
  GraphBuilder build;
  const ValueId input = build.input("x", x, std::vector<std::string>(x.shape.size(), "d"));
  build.output("y", add(build, input));
  return classes_of(std::move(build).build());
}

TEST(WorkClass, FollowsFromTheOp) {
  const TensorType square{DType::f32, {8, 8}};
  using Classes = std::vector<WorkClass>;
  EXPECT_EQ(classes_of_ops(square, [](GraphBuilder& build, ValueId x) { return matmul(build, x, x, {}); }),
            Classes{WorkClass::contraction});
  EXPECT_EQ(classes_of_ops({DType::f32, {2, 8, 3, 2, 4}},
                           [](GraphBuilder& build, ValueId x) { return attention(build, x, true, 1); }),
            Classes{WorkClass::contraction});
  EXPECT_EQ(
      classes_of_ops(square, [](GraphBuilder& build, ValueId x) { return gelu(build, x, GeluKind::tanh); }),
      Classes{WorkClass::elementwise});
  EXPECT_EQ(
      classes_of_ops(square, [](GraphBuilder& build, ValueId x) { return cast(build, x, DType::bf16); }),
      Classes{WorkClass::movement});
  EXPECT_EQ(classes_of_ops(square, [](GraphBuilder& build, ValueId x) { return reduce_sum(build, x); }),
            Classes{WorkClass::normalisation});
  EXPECT_EQ(classes_of_ops(square,
                           [](GraphBuilder& build, ValueId x) {
                             return transpose(build, x, {1, 0});
                           }),
            Classes{WorkClass::movement});
}

TEST(EveryOp, MovesAtLeastSomethingAndAtMostItsOperandsOnce) {
  for_every_case(all_ops(), 8, [&](const std::string& name, const OpCase& op_case, uint64_t seed) {
    SCOPED_TRACE(name + " seed " + std::to_string(seed));
    const CaseGraph made = case_graph(op_case, dtypes_of(op_case));
    for (const Node& node : made.graph.nodes()) {
      const std::vector<TensorType> inputs = made.graph.input_types(node);
      const std::vector<TensorType> outputs = made.graph.output_types(node);
      const int64_t least = node.op->least_bytes(inputs, outputs);
      EXPECT_LE(least, bytes_of(inputs) + bytes_of(outputs)) << node.op->name();
      EXPECT_GE(least, 0) << node.op->name();
    }
  });
}

TEST(LeastBytes, OfAnEmbeddingAreTheRowsThatIdsName) {
  const Embedding op(DType::f32, 0);
  const std::vector<TensorType> in{{DType::f32, {1000, 8}}, {DType::i32, {4}}};
  EXPECT_EQ(op.least_bytes(in, op.infer(in)), 4 * 8 * 4 + 4 * 4 + 4 * 8 * 4);
  const std::vector<TensorType> many{{DType::f32, {2, 8}}, {DType::i32, {100}}};
  EXPECT_EQ(op.least_bytes(many, op.infer(many)), 2 * 8 * 4 + 100 * 4 + 100 * 8 * 4) << "the table once";
}

}  // namespace
}  // namespace weft::testing
