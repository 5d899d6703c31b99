#include "weft/params/parameters.h"

#include <gtest/gtest.h>

#include "tests/ops/expect_error.h"

namespace weft {
namespace {

TEST(ParameterSet, ASecondRequestForANameGivesTheSameParameter) {
  GraphBuilder build;
  ParameterSet parameters(build, DType::f32);
  const ValueId table = parameters.weight("wte", {5, 3}, 0.02);
  EXPECT_EQ(parameters.weight("wte", {5, 3}, 0.02), table);
  EXPECT_EQ(parameters.parameters().size(), 1U) << "tied weights are one parameter";
}

TEST(ParameterSet, AShapeThatNoMemoryHoldsIsRefusedByItsName) {
  GraphBuilder build;
  ParameterSet parameters(build, DType::f32);
  testing::expect_user_error(
      [&] {
        parameters.weight("h.0.qkv", {int64_t{1} << 40, int64_t{1} << 40}, 1);
      },
      "h.0.qkv: a tensor of shape [1099511627776, 1099511627776] is larger than any memory");
}

TEST(ParameterSet, WeightsDecayAndConstantsDoNot) {
  GraphBuilder build;
  ParameterSet parameters(build, DType::f64);
  parameters.weight("weight", {2, 3}, 0.5);
  parameters.constant("bias", {2}, 0.25);
  ASSERT_EQ(parameters.parameters().size(), 2U);
  EXPECT_TRUE(parameters.parameters()[0].decay);
  EXPECT_FALSE(parameters.parameters()[1].decay);
}

TEST(ParameterSet, SaysHowEachStartsAndOfWhatKindItIs) {
  GraphBuilder build;
  ParameterSet parameters(build, DType::f64);
  const auto& graph = build.graph();
  const Value weight = graph.value(parameters.weight("weight", {2, 3}, 0.5));
  EXPECT_EQ(weight.state_kind, kParameter);
  EXPECT_EQ(weight.type, (TensorType{DType::f64, {2, 3}}));
  EXPECT_EQ(weight.initializer.kind, Initializer::Kind::normal);
  EXPECT_EQ(weight.initializer.scale, 0.5);
  const Value bias = graph.value(parameters.constant("bias", {2}, 0.25));
  EXPECT_EQ(bias.initializer.kind, Initializer::Kind::constant);
  EXPECT_EQ(bias.initializer.scale, 0.25);
}

TEST(ParameterSet, BuffersAreStatesThatNobodyLearns) {
  GraphBuilder build;
  ParameterSet parameters(build, DType::f32);
  const ValueId mean = parameters.buffer("running_mean", {4}, 0);
  EXPECT_EQ(build.graph().value(mean).state_kind, kBuffer);
  EXPECT_TRUE(parameters.parameters().empty());
}

}  // namespace
}  // namespace weft
