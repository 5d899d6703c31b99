#include "weft/plan/passes/eliminate_dead.h"

#include <gtest/gtest.h>

#include "tests/plan/passes/run_pass.h"
#include "weft/ops/pointwise/scale.h"

namespace weft::testing {
namespace {

TEST(EliminateDead, RemovesChainsThatNothingReads) {
  GraphBuilder build;
  const ValueId x = build.input("x", {DType::f32, {4}}, {"n"});
  scale(build, scale(build, x, 3), 4);
  build.output("y", scale(build, x, 2));
  const PassResult result = run_pass(eliminate_dead(), std::move(build).build());
  EXPECT_EQ(result.graph.nodes().size(), 1U);
  EXPECT_EQ(result.gain, 2);
}

TEST(EliminateDead, KeepsWhatAStateBecomes) {
  GraphBuilder build;
  const ValueId state = build.state("s", {DType::f32, {4}}, {}, kBuffer);
  build.update(state, scale(build, state, 2));
  const PassResult result = run_pass(eliminate_dead(), std::move(build).build());
  EXPECT_EQ(result.graph.nodes().size(), 1U);
  EXPECT_EQ(result.gain, 0);
}

}  // namespace
}  // namespace weft::testing
