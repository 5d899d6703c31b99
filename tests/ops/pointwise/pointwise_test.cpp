// What pointwise promises beyond the laws of every op, and those laws on many random graphs of it.
#include "weft/ops/pointwise/pointwise.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/ops/case_graph.h"
#include "tests/ops/expect_error.h"
#include "weft/expression/random_expression.h"
#include "weft/expression/text.h"
#include "weft/kernels/cpu/pointwise_forms.h"
#include "weft/kernels/pointwise_naive.h"
#include "weft/ops/case_shapes.h"
#include "weft/ops/pointwise/add.h"
#include "weft/ops/pointwise/dropout.h"
#include "weft/ops/pointwise/fill.h"
#include "weft/ops/pointwise/gelu.h"
#include "weft/ops/pointwise/relu.h"
#include "weft/ops/pointwise/scale.h"
#include "weft/ops/pointwise/tanh.h"
#include "weft/ops/reduce/reduce.h"
#include "weft/ops/shape/transpose.h"

namespace weft::testing {
namespace {

ValueId operand(GraphBuilder& build, const std::string& name, DType dtype, const Dims& shape) {
  return build.input(name, {dtype, shape}, std::vector<std::string>(shape.size(), "d"));
}

const Pointwise& op_of(const GraphBuilder& build, size_t node) {
  return dynamic_cast<const Pointwise&>(*build.graph().nodes()[node].op);
}

/// A chain of pointwise nodes, each over the result before it and inputs, some of them repeated along leading
/// axes.
OpCase random_chain(uint64_t seed) {
  CaseRandom random(seed);
  const Dims shape = random_dims(random, random.between(1, 3), 5);
  std::vector<TensorType> inputs = {real(shape)};
  for (int64_t i = random.between(1, 2); i > 0; --i) {
    const auto count = static_cast<size_t>(random.between(0, static_cast<int64_t>(shape.size())));
    inputs.push_back(real({shape.end() - static_cast<std::ptrdiff_t>(count), shape.end()}));
  }
  const std::vector<ScalarType> types(inputs.size(), ScalarType::real);
  std::vector<Expression> links;
  for (int64_t n = random.between(1, 3); n > 0; --n) {
    links.push_back(random_expression({types, static_cast<int>(shape.size()), 5, 1, -1},
                                      [&](int64_t low, int64_t high) { return random.between(low, high); }));
  }
  return case_of(inputs, [links](GraphBuilder& build, std::span<const ValueId> in) {
    std::vector<ValueId> operands(in.begin(), in.end());
    for (const Expression& link : links) operands[0] = pointwise(build, operands, link);
    return std::vector{operands[0]};
  });
}

void expect_naive(Interpreter& run, const Node& node) {
  const auto* op = dynamic_cast<const Pointwise*>(node.op.get());
  if (op == nullptr) return;
  const Kernel kernel = kernels::naive::pointwise_kernel(kernels::spec_of(*op));
  std::vector<Tensor> tensors;
  std::vector<View> results;
  for (const View& view : run.views(node.outputs)) tensors.emplace_back(view.type);
  for (Tensor& tensor : tensors) results.push_back(tensor.view());
  Tensor scratch(TensorType{DType::u8, {kernel.scratch_bytes}});
  const std::vector<View> inputs = run.views(node.inputs);
  kernel.run({inputs, results, scratch.view().data});
  for (size_t r = 0; r < results.size(); ++r) {
    const std::vector<double> want = to_doubles(results[r]), got = run.get(node.outputs[r]);
    for (size_t e = 0; e < want.size(); ++e) {
      ASSERT_NEAR(got[e], want[e], 1e-12 * (1 + std::abs(want[e])))
          << to_string(op->expression) << " at " << e;
    }
  }
}

/// Central differences of the loss, as in gradient_test.cpp.
void expect_differences(Interpreter& run, const CaseGraph& made, size_t input) {
  constexpr double kStep = 1e-5;
  ASSERT_TRUE(made.gradients[input]) << "input " << input;
  const std::vector<double> gradient = run.get(*made.gradients[input]);
  std::vector<double> values = run.get(made.inputs[input]);
  for (size_t e = 0; e < values.size(); ++e) {
    const double kept = values[e];
    const auto loss_at = [&](double value) {
      values[e] = value;
      run.set(made.inputs[input], values);
      run.run();
      values[e] = kept;
      return run.get(*made.loss)[0];
    };
    const double expected = (loss_at(kept + kStep) - loss_at(kept - kStep)) / (2 * kStep);
    ASSERT_NEAR(gradient[e], expected, 2e-7 * (1 + std::abs(expected)))
        << "input " << input << "[" << e << "]";
  }
  run.set(made.inputs[input], values);
  run.run();
}

TEST(Pointwise, RandomGraphsAreWhatTheirDefinitionAndDifferencesSay) {
  for (uint64_t seed = 1000; seed < 1300; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const OpCase op_case = random_chain(seed);
    const CaseGraph made = case_graph(op_case, dtypes_of(op_case));
    SCOPED_TRACE(to_text(made.graph));
    Interpreter run(made.graph);
    feed(run, made, seed);
    run.run();
    for (const Node& node : made.graph.nodes()) expect_naive(run, node);
    for (size_t i = 0; i < made.inputs.size(); ++i) {
      // An input that no result reads gets no gradient.
      if (made.gradients[i]) expect_differences(run, made, i);
    }
    if (HasFatalFailure()) return;
  }
}

/// Every pointwise node of a graph that a builder makes, forward and backward, must run the hand-written body
/// of its form in f32 and bf16.
void expect_hand_written(const std::string& name,
                         const std::function<ValueId(GraphBuilder&, ValueId x, ValueId y)>& add_nodes) {
  for (const DType dtype : {DType::f32, DType::bf16}) {
    GraphBuilder build;
    const ValueId x = operand(build, "x", dtype, {3, 4}), y = operand(build, "y", dtype, {3, 4});
    const ValueId result = add_nodes(build, x, y);
    // Its gradient is an input too.
    const ValueId weight = operand(build, "weight", build.type(result).dtype, {3, 4});
    gradients(build, reduce_sum(build, multiply(build, result, weight)), std::vector{x});
    for (const Node& node : build.graph().nodes()) {
      const auto* op = dynamic_cast<const Pointwise*>(node.op.get());
      // The gradient of the sum repeats a scalar.
      if (op == nullptr || build.type(node.inputs.empty() ? x : node.inputs.back()).shape.empty()) continue;
      const kernels::PointwiseSpec spec = kernels::spec_of(*op);
      EXPECT_TRUE(kernels::find_pointwise_form(spec, build.graph().input_types(node),
                                               build.graph().output_types(node)))
          << name << ": " << to_string(op->expression);
    }
  }
}

TEST(Pointwise, RunsHandWrittenBodiesForWhatModelsUse) {
  expect_hand_written("relu", [](GraphBuilder& b, ValueId x, ValueId) { return relu(b, x); });
  expect_hand_written("tanh", [](GraphBuilder& b, ValueId x, ValueId) { return tanh(b, x); });
  expect_hand_written("gelu", [](GraphBuilder& b, ValueId x, ValueId) { return gelu(b, x, GeluKind::tanh); });
  expect_hand_written("gelu", [](GraphBuilder& b, ValueId x, ValueId) { return gelu(b, x, GeluKind::erf); });
  expect_hand_written("add", [](GraphBuilder& b, ValueId x, ValueId y) { return add(b, x, y); });
  expect_hand_written("multiply", [](GraphBuilder& b, ValueId x, ValueId y) { return multiply(b, x, y); });
  expect_hand_written("scale", [](GraphBuilder& b, ValueId x, ValueId) { return scale(b, x, 0.3); });
  expect_hand_written("cast", [](GraphBuilder& b, ValueId x, ValueId) {
    return cast(b, x, b.type(x).dtype == DType::f32 ? DType::bf16 : DType::f32);
  });
  const auto drop = [](GraphBuilder& b, ValueId x, ValueId) {
    return dropout(b, x, b.input("step", {DType::i64, {}}, {}), 0.3, 1, 2);
  };
  expect_hand_written("dropout", drop);
}

TEST(Pointwise, ReadsTheResultInTheGradientWhereThatIsEnough) {
  GraphBuilder build;
  const ValueId x = operand(build, "x", DType::f32, {4});
  const ValueId y = pointwise(build, {x}, "max(x0, 0)");
  gradients(build, reduce_sum(build, y), std::vector{x});
  const Node& last = build.graph().nodes().back();
  EXPECT_EQ(to_string(op_of(build, build.graph().nodes().size() - 1).expression),
            "select(x0 > 0.0, x1, 0.0)");
  EXPECT_EQ(last.inputs[0], y);
}

TEST(Pointwise, SumsTheGradientOfWhatIsRepeated) {
  GraphBuilder build;
  const ValueId x = operand(build, "x", DType::bf16, {2, 3, 4});
  const ValueId bias = operand(build, "bias", DType::f32, {4});
  const ValueId y = pointwise(build, {x, bias}, "x0 + x1");
  const ValueId loss = reduce_sum(build, y);
  const auto found = gradients(build, loss, std::vector{x, bias});
  EXPECT_EQ(build.type(*found[0]), (TensorType{DType::bf16, {2, 3, 4}}));
  EXPECT_EQ(build.type(*found[1]), (TensorType{DType::f32, {4}}));
  // The gradient of the sum is that of x, and summed for the bias: no node of its own.
  EXPECT_EQ(build.graph().nodes().back().op->title(), "sum(x0)");
  EXPECT_EQ(build.graph().nodes().back().inputs[0], *found[0]);
}

TEST(Pointwise, ComputesAllGradientsInOneNode) {
  GraphBuilder build;
  const ValueId a = operand(build, "a", DType::f32, {5}), b = operand(build, "b", DType::f32, {5});
  gradients(build, reduce_sum(build, pointwise(build, {a, b}, "x0 * sigmoid(x1)")), std::vector{a, b});
  EXPECT_EQ(build.graph().nodes().back().outputs.size(), 2u);
}

TEST(Pointwise, DerivesItsTraits) {
  GraphBuilder build;
  const ValueId x = operand(build, "x", DType::f32, {2, 3});
  const ValueId bias = operand(build, "bias", DType::f32, {3});
  pointwise(build, {x, bias}, "x0 + x1");
  pointwise(build, {x, bias}, "x0 * x1");
  pointwise(build, {x}, "x0", DType::bf16);
  pointwise(build, {x}, "x0 * 3");
  const Traits sum = op_of(build, 0).traits();
  EXPECT_FALSE(sum.linear) << "x would be made zero on all ranks but one";
  EXPECT_EQ(sum.in_place, (std::vector<std::pair<int, int>>{{0, 0}}));
  EXPECT_EQ(sum.flops_per_point, 1);
  EXPECT_FALSE(op_of(build, 1).traits().linear);
  EXPECT_TRUE(op_of(build, 2).traits().hoistable);
  EXPECT_FALSE(op_of(build, 2).traits().linear) << "parts that are rounded";
  EXPECT_TRUE(op_of(build, 3).traits().linear);
  EXPECT_FALSE(sum.hoistable);
}

TEST(Pointwise, WritesBitsThatOweNothing) {
  GraphBuilder build;
  const ValueId mask = fill(build, {DType::bit, {2, 3}}, 0);
  fill(build, {DType::i32, {2, 3}}, 0);
  EXPECT_EQ(build.type(mask), (TensorType{DType::bit, {2, 3}}));
  EXPECT_FALSE(op_of(build, 0).traits().linear) << "zeros would be made whole by a sum of bits";
  EXPECT_TRUE(op_of(build, 1).traits().linear);
  EXPECT_EQ(build.type(reduce(build, "sum", {mask}, "n0", {0})[0]), (TensorType{DType::i32, {3}}));
}

TEST(Pointwise, RefusesBitsWhereNumbersMustBe) {
  GraphBuilder build;
  const ValueId mask = operand(build, "mask", DType::bit, {2, 3});
  Pointwise op = trailing_pointwise(build, std::vector{mask});
  op.expression = parse_expression("n0");
  op.results = {{0}};
  op.reductions = {"max"};
  op.dtypes = {DType::bit};
  expect_user_error(
      [&] { pointwise(build, std::vector{mask}, op); },
      "pointwise: got bit for output 0 of max(n0), which is reduced, expected a dtype of numbers.");
  expect_user_error([&] { pointwise(build, {mask}, "x0"); },
                    "pointwise: got bit[2, 3] for operand 0 of x0, expected elements that are real.");
  expect_user_error(
      [&] {
        transpose(build, mask, {1, 0});
      },
      "transpose: got bit[2, 3], expected elements of whole bytes.");
}

TEST(Pointwise, IsCalledByItsExpressionInTables) {
  GraphBuilder build;
  const ValueId x = operand(build, "x", DType::f32, {4});
  tanh(build, x);
  gelu(build, x, GeluKind::erf);
  EXPECT_EQ(op_of(build, 0).title(), "tanh(x0)");
  EXPECT_EQ(op_of(build, 1).title(), "x0 * (erf(x0 * 0.707106…");
}

TEST(Pointwise, ZerosAreASumOfNoTerms) {
  GraphBuilder build;
  fill(build, {DType::f32, {2, 3}}, 0);
  fill(build, {DType::f32, {2, 3}}, 1);
  fill(build, {DType::f32, {}}, 0);
  EXPECT_TRUE(op_of(build, 0).traits().linear);
  EXPECT_FALSE(op_of(build, 1).traits().linear);
  EXPECT_TRUE(op_of(build, 2).traits().linear);
}

TEST(Pointwise, KeepsWhereItLiesOnlyIfItLooks) {
  GraphBuilder build;
  const ValueId x = operand(build, "x", DType::f32, {6, 4});
  pointwise(build, {x}, "x0 * 2");
  pointwise(build, {x}, "select(index[0] < 3, x0, 0)");
  const std::vector<TensorType> whole = {{DType::f32, {6, 4}}};
  const std::vector<Region> part = {{{{2, 5}, {0, 4}}}};
  const LocalRegions regions{whole, whole, part, part};
  const auto local = [&](size_t node) {
    return std::dynamic_pointer_cast<const Pointwise>(op_of(build, node).localize(regions));
  };
  EXPECT_EQ(local(0)->space, (Dims{3, 4}));
  EXPECT_EQ(local(1)->space, (Dims{6, 4}));
  EXPECT_EQ(local(1)->region, part[0]);
  const std::vector<Region> all = {Region::all({6, 4})};
  EXPECT_EQ(op_of(build, 1).localize({whole, whole, all, all}), nullptr);
}

TEST(Pointwise, SaysWhatDoesNotFit) {
  GraphBuilder build;
  const ValueId x = operand(build, "x", DType::f32, {2, 3});
  const ValueId ids = operand(build, "ids", DType::i32, {2, 3});
  const ValueId other = operand(build, "other", DType::f32, {2});
  expect_user_error(
      [&] {
        pointwise(build, {x, other}, "x0 + x1");
      },
      "pointwise: got f32[2] beside the shape [2, 3], expected a shape that ends it.");
  expect_user_error(
      [&] {
        pointwise(build, {x, ids}, "x0 + x1");
      },
      "pointwise: got i32[2, 3] for operand 1 of x0 + x1, expected elements that are real.");
  expect_user_error([&] { pointwise(build, {x}, "n0 + 1"); },
                    "pointwise: got f32[2, 3] for operand 0 of n0 + 1, expected elements that are integers.");
  expect_user_error([&] { pointwise(build, {x}, "x0 < 1", DType::f32); },
                    "pointwise: got f32 for output 0 of x0 < 1.0, which is boolean.");
  expect_user_error([&] { pointwise(build, {x}, "x0 + x1"); },
                    "pointwise: got 1 operands, expected more for x0 + x1.");
  expect_user_error([&] { pointwise(build, {x}, "real(index[2])"); },
                    "pointwise: got the axes of real(index[2]), expected 2 of them.");
  expect_user_error(
      [&] {
        pointwise(build, {x, ids}, "select(random[1, 2, 0](n1) < 9, x0, 0.0)");
      },
      "pointwise: got a step of random with dimensions, operand 1, expected a scalar.");
  Pointwise op;
  op.space = {2, 3};
  op.expression = parse_expression("x0");
  op.operands = {{1, 0}};
  op.results = {{0, 1}};
  op.dtypes = {DType::f32};
  expect_user_error([&] { pointwise(build, std::vector{x}, op); },
                    "pointwise: got the operand f32[2, 3], expected the shape [3, 2].");
}

/// The attributes of x0 + x1 over f32[2, 3] and f32[3].
AttributeValues attributes_of_a_sum() {
  GraphBuilder build;
  pointwise(build, {operand(build, "x", DType::f32, {2, 3}), operand(build, "bias", DType::f32, {3})},
            "x0 + x1");
  AttributeValues values;
  for (const Attribute& attribute : op_of(build, 0).attributes()) {
    values.emplace(attribute.name, attribute.value);
  }
  return values;
}

/// What a file may say must be refused by a sentence, with whatever one attribute is changed to.
void expect_refused(std::string_view name, const AttributeValue& changed, std::string_view message) {
  AttributeValues values = attributes_of_a_sum();
  values.find(name)->second = changed;
  const std::vector<TensorType> inputs = {{DType::f32, {2, 3}}, {DType::f32, {3}}};
  expect_user_error([&] { Pointwise().with_attributes(values)->infer(inputs); }, std::string(message));
}

AttributeValue axes(std::initializer_list<std::vector<int>> lists) {
  return AttributeCodec<std::vector<std::vector<int>>>::to(lists);
}

TEST(Pointwise, RefusesAttributesThatDoNotFit) {
  expect_refused("expression", {std::string("x0 + )")},
                 "pointwise: the attribute expression: expression \"x0 + )\": got ')' at column 6, expected "
                 "a number, an operand or a function.");
  expect_refused("expression", {int64_t{3}}, "pointwise: the attribute expression: got 3, expected a text");
  expect_refused("expression", {std::string("x0 + x2")},
                 "pointwise: got 2 operands, expected more for x0 + x2.");
  expect_refused("expression", {std::string("x0, x1")},
                 "pointwise: got axes of 1 and rules of 1 results, expected 2 for the expression x0, x1.");
  expect_refused("operands", axes({{0, 1}}), "pointwise: got 2 operands, expected 1.");
  expect_refused("operands", axes({{0, 1}, {2}}),
                 "pointwise: got the axes [2] of an operand, expected some of 2, each once.");
  expect_refused("results", axes({}),
                 "pointwise: got axes of 0 and rules of 1 results, expected 1 for the expression x0 + x1.");
  expect_refused("results", axes({{1}}), "pointwise: got the axes [1] of a result, expected each of 2 once.");
  expect_refused("results", axes({{0, -1}}),
                 "pointwise: got the axes [0, -1] of a result, expected each of 2 once.");
  expect_refused("dtypes", AttributeCodec<std::vector<DType>>::to({}),
                 "pointwise: got dtypes of 0 outputs, expected 1 for the results of x0 + x1.");
  expect_refused("space", AttributeCodec<Dims>::to({2}),
                 "pointwise: got [0:2, 0:3] of the space [2], expected a part of it, of at most 8 axes.");
  expect_refused("region", AttributeCodec<Region>::to({{{0, 2}, {-1, 3}}}),
                 "of the space [2, 3], expected a part of it, of at most 8 axes.");
  expect_refused("region", AttributeCodec<Region>::to({{{0, 2}, {2, 5}}}),
                 "of the space [2, 3], expected a part of it, of at most 8 axes.");
  const auto rules = [](const std::string& name) {
    return AttributeCodec<std::vector<std::string>>::to({name});
  };
  expect_refused("reductions", rules("median"),
                 "pointwise: got the reduction \"median\", expected none or one of sum, max, min, argmax, ");
  expect_refused("reductions", rules("moments"),
                 "pointwise: got dtypes of 1 outputs, expected 2 for the results of moments(x0 + x1).");
  EXPECT_THROW(Pointwise().infer({}), UserError);
}

TEST(Pointwise, RefusesReductionsOfWhatHasNoSuchResult) {
  GraphBuilder build;
  const ValueId whole = build.input("n", {DType::i32, {4}}, {"d"});
  const ValueId x = build.input("x", {DType::f32, {4}}, {"d"});
  expect_user_error([&] { reduce(build, "moments", {whole}, "n0", {0}); },
                    "pointwise: got moments of n0, which is integer, expected a real.");
  expect_user_error([&] { reduce(build, "sum", {x}, "x0 > 0.0", {0}); },
                    "pointwise: got sum of x0 > 0.0, which is boolean, expected a number.");
}

}  // namespace
}  // namespace weft::testing
