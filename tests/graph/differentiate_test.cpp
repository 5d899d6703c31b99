#include <gtest/gtest.h>

#include "tests/graph/toy_ops.h"
#include "tests/ops/expect_error.h"
#include "weft/base/check.h"

namespace weft::testing {
namespace {

const TensorType kScalar{DType::f64, {}};

/// Its operand, with no gradient: by design, or for want of a rule.
struct Opaque final : Schema<Opaque> {
  static constexpr std::string_view kName = "opaque";
  static constexpr std::string_view kMeaning = "Its operand, through which nothing is learnt.";
  bool by_design = false;
  Opaque() = default;
  explicit Opaque(bool d) : by_design(d) {}
  template <class Visitor, class Self>
  static void visit(Visitor& v, Self& op) {
    v("by_design", op.by_design, "whether that is meant");
  }
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override { return {inputs[0]}; }
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const override {
    return same_shape_map(inputs, outputs);
  }
  Traits traits() const override {
    Traits traits;
    if (by_design) traits.no_gradient = {0};
    return traits;
  }
};

/// x * opaque(x), and its gradient of x.
std::optional<ValueId> through_opaque(GraphBuilder& build, bool by_design) {
  const auto label = build.labelled("block");
  const ValueId x = build.input("x", kScalar, {});
  const ValueId y = build.add1(std::make_shared<Opaque>(by_design), {x});
  const std::vector<ValueId> targets{x};
  return differentiate(build, product_of(build, x, y), targets, kToyArithmetic)[0];
}

TEST(Differentiate, RefusesToDropAGradientThatAnOpHasNoRuleFor) {
  GraphBuilder build;
  expect_user_error(
      [&] { through_opaque(build, false); },
      "opaque of block: the loss depends on input 0, and the op has no gradient with respect to it");
}

TEST(Differentiate, LeavesOutAnInputThroughWhichNothingIsLearntByDesign) {
  GraphBuilder build;
  const std::optional<ValueId> gradient = through_opaque(build, true);
  ASSERT_TRUE(gradient.has_value());
  EXPECT_EQ(build.graph().node(build.graph().value(*gradient).producer).op->name(), "product");
}

TEST(Differentiate, AddsTheContributionsOfEveryUse) {
  GraphBuilder build;
  const ValueId x = build.input("x", kScalar, {});
  const ValueId y = build.input("y", kScalar, {});
  // x * y + x * x: d/dx = y + 2x, d/dy = x.
  const ValueId loss = sum_of(build, product_of(build, x, y), product_of(build, x, x));
  const auto gradients = differentiate(build, loss, std::vector{x, y}, kToyArithmetic);
  const Graph graph = std::move(build).build();
  const std::map<std::string, double> at = {{"x", 3}, {"y", 5}};
  EXPECT_EQ(evaluate(graph, *gradients[0], at), 11);
  EXPECT_EQ(evaluate(graph, *gradients[1], at), 3);
}

TEST(Differentiate, GivesNothingForATargetThatTheLossDoesNotReach) {
  GraphBuilder build;
  const ValueId x = build.input("x", kScalar, {});
  const ValueId y = build.input("y", kScalar, {});
  const auto gradients = differentiate(build, product_of(build, x, x), std::vector{y}, kToyArithmetic);
  EXPECT_FALSE(gradients[0].has_value());
}

TEST(Differentiate, TakesAnInnerValueAsATarget) {
  GraphBuilder build;
  const ValueId x = build.input("x", kScalar, {});
  const ValueId inner = product_of(build, x, x);
  const ValueId loss = product_of(build, inner, inner);
  const auto gradients = differentiate(build, loss, std::vector{inner, x}, kToyArithmetic);
  const Graph graph = std::move(build).build();
  EXPECT_EQ(evaluate(graph, *gradients[0], {{"x", 2}}), 8);   // 2 x^2
  EXPECT_EQ(evaluate(graph, *gradients[1], {{"x", 2}}), 32);  // 4 x^3
}

TEST(Differentiate, TakesAnInnerValueAsTheOnlyTarget) {
  GraphBuilder build;
  const ValueId x = build.input("x", kScalar, {});
  const ValueId inner = product_of(build, x, x);
  const ValueId loss = product_of(build, inner, inner);
  const auto gradients = differentiate(build, loss, std::vector{inner}, kToyArithmetic);
  const Graph graph = std::move(build).build();
  ASSERT_TRUE(gradients[0].has_value());
  EXPECT_EQ(evaluate(graph, *gradients[0], {{"x", 2}}), 8);  // 2 x^2
}

TEST(Differentiate, BuildsNoNodeForOperandsThatNeedNoGradient) {
  GraphBuilder build;
  const ValueId x = build.input("x", kScalar, {});
  const ValueId y = build.input("y", kScalar, {});
  const ValueId loss = product_of(build, x, y);
  differentiate(build, loss, std::vector{x}, kToyArithmetic);
  EXPECT_EQ(build.graph().nodes().size(), 3u);  // the product, the one, and the gradient of x
}

TEST(Differentiate, LabelsTheGradientOfANodeAsTheNode) {
  GraphBuilder build;
  const ValueId x = build.input("x", kScalar, {});
  const auto in_block = [&] {
    const BuilderScope labelled = build.labelled("block");
    return product_of(build, x, x);
  };
  const ValueId loss = in_block();
  const BuilderScope labelled = build.labelled("after");
  differentiate(build, loss, std::vector{x}, kToyArithmetic);
  // The one, then the gradients; the sum of both contributions to x belongs to x.
  const std::vector<Node>& nodes = build.graph().nodes();
  for (size_t n = 0; n + 1 < nodes.size(); ++n) EXPECT_EQ(nodes[n].label, "block") << "node " << n;
  EXPECT_EQ(nodes.back().label, "x");
  product_of(build, x, x);
  EXPECT_EQ(build.graph().nodes().back().label, "after");
}

TEST(Differentiate, RefusesALossThatIsNoScalar) {
  GraphBuilder build;
  const ValueId x = build.input("x", {DType::f64, {3}}, {"d"});
  try {
    differentiate(build, product_of(build, x, x), std::vector{x}, kToyArithmetic);
    FAIL() << "no error";
  } catch (const InternalError& error) {
    EXPECT_NE(std::string(error.what()).find("the loss is no scalar: f64[3]"), std::string::npos)
        << error.what();
  }
}

}  // namespace
}  // namespace weft::testing
