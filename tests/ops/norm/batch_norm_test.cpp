#include "weft/ops/norm/batch_norm.h"

#include <gtest/gtest.h>

#include "tests/golden.h"
#include "tests/ops/expect_error.h"
#include "tests/ops/interpreter.h"
#include "weft/ops/gradient/gradients.h"
#include "weft/ops/operand_types.h"
#include "weft/ops/pointwise/multiply.h"
#include "weft/ops/reduce/reduce_sum.h"

namespace weft::testing {
namespace {

void expect_near(const std::vector<double>& got, const std::vector<double>& want, double tolerance) {
  ASSERT_EQ(got.size(), want.size());
  for (size_t i = 0; i < got.size(); ++i) {
    EXPECT_NEAR(got[i], want[i], tolerance * std::max(1.0, std::abs(want[i]))) << i;
  }
}

/// A batch norm over x, [6, 5], whose states are of `channels`.
struct Normalized {
  explicit Normalized(DType dtype, DType channels)
      : x(build.input("x", {dtype, {6, 5}}, {"batch", "c"})),
        states{state("weight", channels), state("bias", channels), state("running_mean", channels),
               state("running_var", channels)} {}
  ValueId state(const std::string& name, DType dtype) {
    return build.state(name, {dtype, {5}}, {}, kParameter);
  }

  GraphBuilder build;
  ValueId x;
  BatchNormStates states;
};

TEST(BatchNorm, TrainsAsPyTorchDoes) {
  const Golden golden("tests/kernels/golden.txt");
  for (const DType dtype : {DType::f32, DType::f64}) {
    SCOPED_TRACE(name_of(dtype));
    const double tolerance = dtype == DType::f64 ? 1e-10 : 2e-6;
    Normalized made(dtype, dtype);
    GraphBuilder& build = made.build;
    const ValueId dy = build.input("dy", {dtype, {6, 5}}, {"batch", "c"});
    const ValueId y = batch_norm(build, made.x, made.states, 1e-3, 0.2);
    const std::vector<ValueId> targets{made.x, made.states.gamma, made.states.beta};
    const auto found = gradients(build, reduce_sum(build, multiply(build, y, dy)), targets);
    const Graph graph = std::move(build).build();
    Interpreter run(graph);
    run.set(made.x, golden["bn.x"]);
    run.set(dy, golden["bn.dy"]);
    run.set(made.states.gamma, golden["bn.weight"]);
    run.set(made.states.beta, golden["bn.bias"]);
    run.set(made.states.running_mean, golden["bn.running_mean"]);
    run.set(made.states.running_variance, golden["bn.running_var"]);
    run.run();
    expect_near(run.get(y), golden["bn.y"], tolerance);
    const char* names[] = {"bn.dx", "bn.dgamma", "bn.dbeta"};
    for (size_t i = 0; i < 3; ++i) expect_near(run.get(*found[i]), golden[names[i]], tolerance);
    expect_near(run.get(made.states.running_mean), golden["bn.new_mean"], tolerance);
    expect_near(run.get(made.states.running_variance), golden["bn.new_var"], tolerance);
  }
}

/// What is constant has the variance 0, which rounding must not make negative, and gives beta.
TEST(BatchNorm, OfConstantsIsBeta) {
  Normalized made(DType::f32, DType::f32);
  const auto [y, mean, variance] =
      batch_normalize(made.build, made.x, made.states.gamma, made.states.beta, 0.1);
  const Graph graph = std::move(made.build).build();
  Interpreter run(graph);
  run.set(made.x, std::vector<double>(30, 1234.567));
  run.set(made.states.gamma, std::vector<double>(5, 1));
  run.set(made.states.beta, std::vector<double>(5, 0.25));
  run.run();
  for (const double value : run.get(variance)) EXPECT_GE(value, 0);
  for (const double value : run.get(mean)) EXPECT_NEAR(value, 1234.567, 1e-3);
  for (const double value : run.get(y)) EXPECT_NEAR(value, 0.25, 2e-3);
}

TEST(BatchNorm, InfersFromTheRunningStatistics) {
  const Golden golden("tests/kernels/golden.txt");
  Normalized made(DType::f32, DType::f32);
  const ValueId y = batch_norm_inference(made.build, made.x, made.states, 1e-3);
  const Graph graph = std::move(made.build).build();
  EXPECT_TRUE(graph.updates().empty());
  Interpreter run(graph);
  run.set(made.x, golden["bn.x"]);
  run.set(made.states.gamma, golden["bn.weight"]);
  run.set(made.states.beta, golden["bn.bias"]);
  run.set(made.states.running_mean, golden["bn.running_mean"]);
  run.set(made.states.running_variance, golden["bn.running_var"]);
  run.run();
  std::vector<double> want;
  for (size_t i = 0; i < 30; ++i) {
    const size_t c = i % 5;
    const double deviation = std::sqrt(golden["bn.running_var"][c] + 1e-3);
    want.push_back((golden["bn.x"][i] - golden["bn.running_mean"][c]) / deviation * golden["bn.weight"][c] +
                   golden["bn.bias"][c]);
  }
  expect_near(run.get(y), want, 2e-6);
}

TEST(BatchNorm, RefusesStatesOfAnotherType) {
  const auto refuses = [](DType weight, DType running) {
    Normalized made(DType::bf16, DType::f32);
    for (ValueId* id : {&made.states.gamma, &made.states.beta}) {
      *id = made.state(fmt::format("parameter{}", made.build.graph().values().size()), weight);
    }
    for (ValueId* id : {&made.states.running_mean, &made.states.running_variance}) {
      *id = made.state(fmt::format("running{}", made.build.graph().values().size()), running);
    }
    const std::string message = "batch_norm: got the operand bf16[5], expected elements of f32.";
    expect_user_error([&] { batch_norm(made.build, made.x, made.states); }, message);
    expect_user_error([&] { batch_norm_inference(made.build, made.x, made.states); }, message);
  };
  refuses(DType::bf16, DType::f32);
  refuses(DType::f32, DType::bf16);
}

}  // namespace
}  // namespace weft::testing
