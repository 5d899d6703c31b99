#include "weft/ops/staged/staged.h"

#include <gtest/gtest.h>

#include "tests/ops/expect_error.h"
#include "weft/expression/text.h"

namespace weft {
namespace {

using testing::expect_user_error;
using Types = std::vector<TensorType>;

StagedStep step(const char* text, std::vector<std::vector<int>> operands, std::vector<int> result,
                std::string rule, Dims space, std::vector<int> inputs) {
  StagedStep made;
  made.op.expression = parse_expression(text);
  made.op.operands = std::move(operands);
  made.op.results = {std::move(result)};
  made.op.reductions = {std::move(rule)};
  made.op.dtypes = {DType::f32};
  made.op.space = std::move(space);
  made.op.region = Region::all(made.op.space);
  made.inputs = std::move(inputs);
  return made;
}

/// x [2, 3, 5] over its sums [2, 3], times a column [5].
Staged shares() {
  Staged op;
  op.operands = 2;
  op.steps = {step("x0", {{0, 1}}, {0}, "sum", {6, 5}, {0}),
              step("x0 * x2 / x1", {{0, 1}, {0}, {1}}, {0, 1}, "none", {6, 5}, {0, 2, 1})};
  op.results = {3, 2};
  op.types = {{DType::f32, {2, 3, 5}}, {DType::f32, {2, 3}}};
  return op;
}

const Types kInputs = {{DType::f32, {2, 3, 5}}, {DType::f32, {5}}};

TEST(Staged, GivesTheTypesOfItsResults) { EXPECT_EQ(shares().infer(kInputs), shares().types); }

TEST(Staged, RefusesWhatNoStepReadsAndTypesOfMoreThanItGives) {
  Staged more = shares();
  more.operands = 3;
  for (StagedStep& step : more.steps) {
    for (int& value : step.inputs) value += value >= 2 ? 1 : 0;
  }
  const Types inputs{kInputs[0], kInputs[1], {DType::f32, {4}}};
  expect_user_error([&] { more.infer(inputs); }, "staged: got the input 2, which no step reads.");
  Staged types = shares();
  types.types.pop_back();
  expect_user_error([&] { types.infer(kInputs); }, "staged: got the types of 1 outputs, expected 2.");
}

TEST(Staged, IsItsAttributes) {
  const Staged op = shares();
  AttributeValues values;
  for (const Attribute& attribute : op.attributes()) values.emplace(attribute.name, attribute.value);
  const OpPtr again = op.with_attributes(values);
  EXPECT_TRUE(equal(op, *again));
  EXPECT_EQ(again->infer(kInputs), op.types);
  AttributeValue::List half;
  half.push_back({std::string("x0")});
  AttributeValue::List steps;
  steps.push_back({half});
  values["steps"] = {steps};
  expect_user_error([&] { op.with_attributes(values); },
                    "staged: the attribute steps: got [x0], expected a step");
}

TEST(Staged, HasTheAxesThatItsStepsRunAlong) {
  const IndexMap map = shares().index_map(kInputs, shares().types);
  const auto axes = [](const OperandMap& operand) {
    std::vector<int> list;
    for (const IndexDim& dim : operand) list.push_back(dim.terms[0].axis);
    return list;
  };
  EXPECT_EQ(axes(map.inputs[0]), (std::vector<int>{0, 1, 2}));
  EXPECT_EQ(axes(map.inputs[1]), (std::vector<int>{2}));
  EXPECT_EQ(axes(map.outputs[0]), (std::vector<int>{0, 1, 2}));
  EXPECT_EQ(axes(map.outputs[1]), (std::vector<int>{0, 1}));
  EXPECT_EQ(map.axes.size(), 3U);
  EXPECT_EQ(map.axes[2].size, 5);
}

TEST(Staged, CountsTheArithmeticOfItsSteps) {
  EXPECT_EQ(flops_of(shares(), kInputs, shares().types), 30 * (0 + 1) + 30 * (1 + 4));
}

TEST(Staged, LaysAResultOverWhatNoLaterStepReads) {
  EXPECT_EQ(shares().traits().in_place, (std::vector<std::pair<int, int>>{{0, 0}}));
  Staged twice = shares();
  twice.steps.push_back(step("x0 + x1", {{0, 1}, {0, 1}}, {0, 1}, "none", {6, 5}, {0, 3}));
  EXPECT_TRUE(twice.traits().in_place.empty()) << "x is read after the shares are there";
  twice.results = {4, 2};
  EXPECT_EQ(twice.traits().in_place, (std::vector<std::pair<int, int>>{{0, 0}}));
}

TEST(Staged, NamesTheStepThatDoesNotFit) {
  const auto refuse = [](const std::function<void(Staged&)>& change, const std::string& message) {
    Staged op = shares();
    change(op);
    expect_user_error([&] { op.infer(kInputs); }, message);
  };
  refuse([](Staged& op) { op.steps.clear(); }, "staged: got no steps over rows.");
  refuse([](Staged& op) { op.steps[1].inputs[1] = 7; },
         "staged: got the operand 7 of x0 * x2 / x1, expected one that is there.");
  refuse([](Staged& op) { op.steps[1].inputs[2] = 0; },
         "staged: got the operand 0 of x0 * x2 / x1 with rows and without, expected one of them.");
  refuse([](Staged& op) { op.steps[1].op.region.ranges[0].end = 5; },
         "staged: got a step x0 * x2 / x1 of [0:5, 0:5], expected 6 rows, and that none asks which it is.");
  refuse([](Staged& op) { op.steps[0].op.results[0] = {1}; },
         "staged: got the axes of a result of sum(x0), expected the rows first.");
  refuse(
      [](Staged& op) {
        op.steps[1].op.expression = parse_expression("x0 > x1 * x2");
        op.steps[1].op.dtypes[0] = DType::bit;
      },
      "staged: got bits for the value 3, expected whole bytes a row.");
  refuse(
      [](Staged& op) {
        op.steps[0].op.operands[0] = {0, 9};
      },
      "staged: got the axis 9 in sum(x0), expected one of 2.");
  refuse(
      [](Staged& op) {
        op.steps[0].op.operands[0] = {1, 0};
      },
      "staged: got the axes of an operand of sum(x0), expected the rows first or not at all.");
  refuse([](Staged& op) { op.steps[0].inputs.push_back(0); }, "staged: got 2 operands, expected 1.");
  refuse([](Staged& op) { op.results[0] = 2; },
         "staged: got f32[2, 3, 5] for output 0, expected what a step gives.");
  expect_user_error(
      [] {
        shares().infer(Types{{DType::f32, {30}}, {DType::f32, {5}}});
      },
      "staged: got f32[30] for the input 0, expected f32[6, 5].");
  refuse([](Staged& op) { op.results[0] = 1; },
         "staged: got f32[2, 3, 5] for output 0, expected what a step gives.");
}

}  // namespace
}  // namespace weft
