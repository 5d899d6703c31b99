#include <gtest/gtest.h>

#include "tests/graph/toy_ops.h"

namespace weft::testing {
namespace {

Graph small_graph() {
  GraphBuilder build;
  const ValueId x = build.input("x", {DType::f32, {2}}, {"batch"});
  const ValueId w = build.state("w", {DType::f32, {2}}, {}, kParameter);
  {
    const BuilderScope layer = build.labelled("layer");
    build.output("y", product_of(build, x, w));
  }
  const BuilderScope update = build.in(build.segment({"update", Cadence::every_steps(4), 2}));
  build.update(w, build.add1(std::make_shared<Constant>(TensorType{DType::f32, {2}}, 0.5), {}));
  return std::move(build).build();
}

TEST(Print, SaysOneLineANode) {
  EXPECT_EQ(to_text(small_graph()),
            "segment accumulate: each microbatch, 1 slot\n"
            "segment update: every 4 steps, 2 slots\n"
            "input @x: f32[2] (batch)\n"
            "state @w: f32[2] (parameter)\n"
            "%0 = product(@x, @w): f32[2]  # accumulate layer\n"
            "%1 = constant() type=[f32, [2]] value=0.5: f32[2]  # update\n"
            "@w <- %1  # update\n"
            "output y = %0  # accumulate\n");
}

TEST(Print, DrawsNodesStatesAndEdges) {
  const std::string dot = to_dot(small_graph());
  EXPECT_NE(dot.find("v1 [label=\"w\\nf32[2]\", shape=cylinder];"), std::string::npos) << dot;
  EXPECT_NE(dot.find("n0 [label=\"product\\nlayer\"];"), std::string::npos) << dot;
  EXPECT_NE(dot.find("v0 -> n0 [label=\"f32[2]\"];"), std::string::npos) << dot;
}

}  // namespace
}  // namespace weft::testing
