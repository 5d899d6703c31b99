#include "weft/ops/shape/tensor_scatter.h"

#include <gtest/gtest.h>

#include "tests/ops/expect_error.h"
#include "weft/ops/gradient/gradients.h"
#include "weft/ops/pointwise/add.h"
#include "weft/ops/reduce/reduce_sum.h"

namespace weft::testing {
namespace {

const std::vector<std::string> kDims{"batch", "sequence", "c"};

TEST(TensorScatter, SplitsAllButTheAxisOfTheRows) {
  const TensorScatter op;
  const std::vector<TensorType> in{{DType::f32, {2, 9, 4}}, {DType::f32, {2, 3, 4}}, {DType::i64, {}}};
  const IndexMap map = op.index_map(in, op.infer(in));
  std::vector<AxisKind> kinds;
  for (const Axis& axis : map.axes) kinds.push_back(axis.kind);
  EXPECT_EQ(kinds, (std::vector{AxisKind::parallel, AxisKind::whole, AxisKind::parallel, AxisKind::whole}));
  EXPECT_EQ(op.flops(in, op.infer(in)), 0);
}

/// A loss may depend on a cache: it is a constant there.
TEST(TensorScatter, HasNoGradientByDesign) {
  GraphBuilder build;
  const ValueId past = build.input("past", {DType::f32, {2, 9, 4}}, kDims);
  const ValueId update = build.input("update", {DType::f32, {2, 3, 4}}, kDims);
  const ValueId index = build.input("index", {DType::i64, {}}, {});
  const ValueId sum = add(build, tensor_scatter(build, past, update, index), past);
  const auto found = gradients(build, reduce_sum(build, sum), std::vector{past, update});
  EXPECT_TRUE(found[0].has_value()) << "through the sum";
  EXPECT_FALSE(found[1].has_value());
}

TEST(TensorScatter, SaysWhatItGot) {
  GraphBuilder build;
  const ValueId past = build.input("past", {DType::f32, {2, 9, 4}}, kDims);
  const ValueId index = build.input("index", {DType::i64, {}}, {});
  const auto update = [&](const std::string& name, const TensorType& type) {
    return build.input(name, type, std::vector<std::string>(type.shape.size(), "d"));
  };
  const auto expect = [&](ValueId rows, const std::string& message) {
    expect_user_error([&] { tensor_scatter(build, past, rows, index); }, message);
  };
  expect(
      update("long", {DType::f32, {2, 10, 4}}),
      "tensor_scatter: got the update f32[2, 10, 4] of f32[2, 9, 4], expected its type with at most 9 along "
      "axis 1.");
  expect(
      update("narrow", {DType::bf16, {2, 3, 4}}),
      "tensor_scatter: got the update bf16[2, 3, 4] of f32[2, 9, 4], expected its type with at most 9 along "
      "axis 1.");
  expect(update("flat", {DType::f32, {2, 12}}),
         "tensor_scatter: got the update f32[2, 12] of f32[2, 9, 4], expected its type with at most 9 along "
         "axis 1.");
  expect_user_error([&] { tensor_scatter(build, past, past, index, 3); },
                    "tensor_scatter: got the axis 3 of f32[2, 9, 4], expected one of its dimensions.");
  expect_user_error([&] { tensor_scatter(build, past, past, past); },
                    "tensor_scatter: got f32[2, 9, 4] and i64[], expected operands of one type.");
}

}  // namespace
}  // namespace weft::testing
