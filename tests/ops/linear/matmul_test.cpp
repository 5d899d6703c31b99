// What matmul promises beyond the laws of every op: its packed form, its flops, its messages.
#include "weft/ops/linear/matmul.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/ops/case_graph.h"
#include "tests/ops/expect_error.h"

namespace weft::testing {
namespace {

struct Product {
  TensorType a, b;
  MatmulDims dims;
};

std::optional<PackedForm> packed_form_of(const Graph& graph, const Node& node) {
  const std::vector<TensorType> inputs = graph.input_types(node);
  const std::vector<TensorType> outputs = graph.output_types(node);
  return device_named("cpu").packed_form({*node.op, inputs, outputs});
}

/// A graph of one product and what its packed form makes of the same operands. Empty where there is no packed
/// form.
std::vector<double> packed_result(const Graph& graph, Interpreter& run) {
  const Node& node = graph.nodes()[0];
  const auto form = packed_form_of(graph, node);
  if (!form) return {};
  EXPECT_EQ(form->operand, 1u);
  const std::vector<TensorType> weight{graph.type(node.inputs[1])};
  Tensor packed(form->pack->infer(weight)[0]);
  Tensor out(graph.type(node.outputs[0]));
  run_op(*form->pack, {run.view(node.inputs[1])}, {packed.view()});
  run_op(*form->op, {run.view(node.inputs[0]), packed.view()}, {out.view()});
  const double flops = flops_of(*node.op, graph.input_types(node), graph.output_types(node));
  const std::vector<TensorType> in{graph.type(node.inputs[0]), packed.type()};
  EXPECT_NEAR(flops_of(*form->op, in, graph.output_types(node)), flops, 1e-9 * flops);
  return to_doubles(out.view());
}

TEST(Matmul, GivesTheSameFromAPackedWeight) {
  const MatmulDims plain{.batch = 0, .m = 2, .n = 1, .k = 1};
  const MatmulDims transposed{.batch = 0, .m = 2, .n = 1, .k = 1, .transpose_b = true};
  int packed_forms = 0;
  for (const auto& [type, weight] :
       {std::pair{DType::f32, DType::f32}, {DType::bf16, DType::f32}, {DType::bf16, DType::bf16}}) {
    for (const bool flip : {false, true}) {
      const Product product{
          {type, {3, 7, 65}}, {weight, flip ? Dims{129, 65} : Dims{65, 129}}, flip ? transposed : plain};
      GraphBuilder build;
      const ValueId a = build.input("a", product.a, {"n", "t", "c"});
      const ValueId b = build.input("b", product.b, {"x", "y"});
      const ValueId y = matmul(build, a, b, product.dims);
      const Graph graph = std::move(build).build();
      Interpreter run(graph);
      run.set(a, random_values(1, 0, product.a.elems(), -1, 1));
      run.set(b, random_values(1, 1, product.b.elems(), -1, 1));
      run.run();
      const std::vector<double> plain_result = run.get(y);
      const std::vector<double> result = packed_result(graph, run);
      if (result.empty()) continue;
      ++packed_forms;
      // Sums of 65 products near one in another order, then rounded to the result's dtype.
      const double tolerance = type == DType::bf16 ? 65.0 / 512 / 8 : 65.0 / 16777216;
      for (size_t i = 0; i < result.size(); ++i) ASSERT_NEAR(result[i], plain_result[i], tolerance);
    }
  }
  EXPECT_GT(packed_forms, 0);  // bf16 products with f32 weights always have one: it saves the rounding
}

TEST(Matmul, HasNoPackedFormForABatchOfWeights) {
  GraphBuilder build;
  const ValueId a = build.input("a", {DType::f32, {2, 8, 8}}, {"b", "m", "k"});
  const ValueId b = build.input("b", {DType::f32, {2, 8, 8}}, {"b", "k", "n"});
  matmul(build, a, b, {.batch = 1});
  const Node& node = build.graph().nodes()[0];
  EXPECT_FALSE(packed_form_of(build.graph(), node).has_value());
}

TEST(Matmul, KeepsTheGradientOfAnF32WeightInF32) {
  GraphBuilder build;
  const ValueId x = build.input("x", {DType::bf16, {4, 3}}, {"n", "c"});
  const ValueId w = build.state("w", {DType::f32, {3, 5}}, {}, kParameter);
  const ValueId loss = reduce_sum(build, linear(build, x, w));
  const auto found = gradients(build, loss, std::vector{x, w});
  EXPECT_EQ(build.type(*found[0]), (TensorType{DType::bf16, {4, 3}}));
  EXPECT_EQ(build.type(*found[1]), (TensorType{DType::f32, {3, 5}}));
}

TEST(Matmul, CountsTwoOperationsForEachProduct) {
  GraphBuilder build;
  const ValueId a = build.input("a", {DType::f32, {2, 3, 4, 5}}, {"b", "m", "m", "k"});
  const ValueId b = build.input("b", {DType::f32, {2, 5, 7}}, {"b", "k", "n"});
  matmul(build, a, b, {.batch = 1, .m = 2});
  const Node& node = build.graph().nodes()[0];
  EXPECT_EQ(flops_of(*node.op, build.graph().input_types(node), build.graph().output_types(node)),
            2.0 * 2 * 3 * 4 * 5 * 7);
}

TEST(Matmul, SaysWhichOperandsDoNotFit) {
  GraphBuilder build;
  const ValueId a = build.input("a", {DType::f32, {4, 3}}, {"m", "k"});
  const ValueId b = build.input("b", {DType::f32, {5, 2}}, {"k", "n"});
  const ValueId c = build.input("c", {DType::f64, {3, 2}}, {"k", "n"});
  const ValueId d = build.input("d", {DType::f32, {3}}, {"k"});
  expect_user_error([&] { matmul(build, a, b, {}); },
                    "matmul: got f32[4, 3] and f32[5, 2], expected equal batch and summed dimensions for");
  expect_user_error([&] { matmul(build, a, c, {}); },
                    "matmul: got f32[4, 3] and f64[3, 2], expected both or neither in f64.");
  expect_user_error([&] { matmul(build, a, d, {}); },
                    "matmul: got f32[4, 3] and f32[3], expected as many dimensions as");
}

}  // namespace
}  // namespace weft::testing
