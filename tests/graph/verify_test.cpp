#include <gtest/gtest.h>

#include "tests/graph/toy_ops.h"
#include "tests/ops/expect_error.h"

namespace weft::testing {
namespace {

const TensorType kScalar{DType::f64, {}};

/// An op whose index map forgets its operand.
struct Forgetful final : Op {
  std::string_view name() const override { return "forgetful"; }
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override { return {inputs[0]}; }
  IndexMap index_map(std::span<const TensorType>, std::span<const TensorType>) const override {
    return {{}, {}, {{}}};
  }
};

TEST(Verify, FindsAValueReadBeforeItIsComputed) {
  GraphBuilder build;
  const ValueId x = build.input("x", kScalar, {});
  const ValueId later = build.adopt(Value{.name = {}, .type = kScalar});
  const ValueId out = build.adopt(Value{.name = {}, .type = kScalar});
  const auto op = std::make_shared<Combined>(false);
  build.adopt(Node{.op = op, .inputs = {later}, .outputs = {out}});
  build.adopt(Node{.op = op, .inputs = {x}, .outputs = {later}});
  expect_internal_error([&] { verify(build.graph()); }, "node 0 (sum) reads value 1 before it is computed");
}

TEST(Verify, FindsAnUnknownValue) {
  GraphBuilder build;
  const ValueId out = build.adopt(Value{.name = {}, .type = kScalar});
  build.adopt(Node{.op = std::make_shared<Combined>(false), .inputs = {ValueId{9}}, .outputs = {out}});
  expect_internal_error([&] { verify(build.graph()); }, "node 0 (sum) reads an unknown value");
}

TEST(Verify, FindsTypesThatDifferFromTheRule) {
  GraphBuilder build;
  const ValueId x = build.input("x", kScalar, {});
  const ValueId out = build.adopt(Value{.name = {}, .type = {DType::f32, {}}});
  build.adopt(Node{.op = std::make_shared<Combined>(false), .inputs = {x}, .outputs = {out}});
  expect_internal_error([&] { verify(build.graph()); }, "types of the outputs differ from its rule");
}

TEST(Verify, FindsAResultThatCrossesSegments) {
  GraphBuilder build;
  const ValueId x = build.input("x", kScalar, {});
  const ValueId y = product_of(build, x, x);
  const BuilderScope scope = build.in(build.segment({"update", Cadence::each_step()}));
  product_of(build, y, y);
  expect_internal_error([&] { verify(build.graph()); },
                        "node 1 (product) of segment update reads value 1 of segment accumulate");
}

TEST(Verify, FindsAnIndexMapOfAnotherArity) {
  GraphBuilder build;
  const ValueId x = build.input("x", kScalar, {});
  build.add(std::make_shared<Forgetful>(), {x});
  expect_internal_error([&] { verify(build.graph()); }, "index map of 0 inputs and 1 outputs");
}

TEST(Verify, FindsAnUpdateOfWhatIsNoState) {
  GraphBuilder build;
  const ValueId x = build.input("x", kScalar, {});
  build.update(x, x);
  expect_internal_error([&] { verify(build.graph()); }, "update of x, which is no state");
}

TEST(Verify, FindsAnUpdateByAnotherType) {
  GraphBuilder build;
  const ValueId w = build.state("w", kScalar, {}, kParameter);
  const ValueId x = build.input("x", {DType::f32, {}}, {});
  build.update(w, x);
  expect_internal_error([&] { verify(build.graph()); }, "update of w by another type");
}

TEST(Builder, GivesOneValueForOneName) {
  GraphBuilder build;
  EXPECT_EQ(build.input("x", kScalar, {}), build.input("x", kScalar, {}));
  expect_internal_error([&] { build.input("x", {DType::f32, {}}, {}); }, "input x has two types");
  expect_internal_error(
      [&] {
        build.input("y", {DType::f32, {2, 3}}, {"batch"});
      },
      "input y: 1 names for the shape [2, 3]");
}

}  // namespace
}  // namespace weft::testing
