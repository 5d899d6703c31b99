#include <gtest/gtest.h>

#include "tests/graph/toy_ops.h"

namespace weft::testing {
namespace {

Graph small_graph() {
  GraphBuilder build;
  const ValueId x = build.input("x", {DType::f32, {2}}, {"batch"});
  const ValueId w = build.state("w", {DType::f32, {2}}, {}, true);
  build.label = "layer";
  const ValueId y = product_of(build, x, w);
  build.output("y", y);
  build.phase = Phase::update;
  build.label = {};
  build.update(w, build.add1(std::make_shared<Constant>(TensorType{DType::f32, {2}}, 0.5), {}));
  return std::move(build).build();
}

TEST(Print, SaysOneLineANode) {
  EXPECT_EQ(to_text(small_graph()),
            "input @x: f32[2] (batch)\n"
            "parameter @w: f32[2]\n"
            "%2 = product(@x, @w): f32[2]  # accumulate layer\n"
            "%3 = constant() type=[f32, [2]] value=0.5: f32[2]  # update\n"
            "@w <- %3  # update\n"
            "output y = %2  # accumulate\n");
}

TEST(Print, DrawsNodesStatesAndEdges) {
  const std::string dot = to_dot(small_graph());
  EXPECT_NE(dot.find("v1 [label=\"w\\nf32[2]\", shape=cylinder];"), std::string::npos) << dot;
  EXPECT_NE(dot.find("n0 [label=\"product\\nlayer\"];"), std::string::npos) << dot;
  EXPECT_NE(dot.find("v0 -> n0 [label=\"f32[2]\"];"), std::string::npos) << dot;
}

}  // namespace
}  // namespace weft::testing
