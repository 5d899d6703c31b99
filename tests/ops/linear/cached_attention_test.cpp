#include "weft/ops/linear/cached_attention.h"

#include <gtest/gtest.h>

#include "tests/ops/expect_error.h"
#include "weft/ops/gradient/gradients.h"
#include "weft/ops/pointwise/add.h"
#include "weft/ops/reduce/reduce_sum.h"

namespace weft::testing {
namespace {

const std::vector<std::string> kDims{"batch", "sequence", "heads", "width"};

struct Operands {
  GraphBuilder build;
  ValueId query = build.input("query", {DType::f32, {2, 1, 3, 5}}, kDims);
  ValueId keys = build.input("keys", {DType::f32, {2, 7, 3, 5}}, kDims);
  ValueId values = build.input("values", {DType::f32, {2, 7, 3, 5}}, kDims);
  ValueId position = build.input("position", {DType::i64, {}}, {});
};

TEST(CachedAttention, SplitsBatchAndHeadsAndCountsTwoProducts) {
  const CachedAttention op(1);
  const TensorType cache{DType::f32, {2, 7, 3, 5}};
  const std::vector<TensorType> in{{DType::f32, {2, 1, 3, 5}}, cache, cache, {DType::i64, {}}};
  const IndexMap map = op.index_map(in, op.infer(in));
  for (const Axis& axis : map.axes) {
    EXPECT_EQ(axis.kind == AxisKind::parallel, axis.name == "b" || axis.name == "h") << axis.name;
  }
  EXPECT_EQ(op.flops(in, op.infer(in)), 4.0 * 2 * 7 * 3 * 5);
}

TEST(CachedAttention, HasNoGradientByDesign) {
  Operands in;
  const ValueId y = cached_attention(in.build, in.query, in.keys, in.values, in.position, 1);
  const ValueId loss = reduce_sum(in.build, add(in.build, y, in.query));
  const auto found = gradients(in.build, loss, std::vector{in.query, in.keys, in.values});
  EXPECT_TRUE(found[0].has_value()) << "through the sum";
  EXPECT_FALSE(found[1].has_value() || found[2].has_value());
}

TEST(CachedAttention, SaysWhatItGot) {
  Operands in;
  const auto expect = [&](ValueId query, ValueId keys, ValueId values, ValueId position,
                          const std::string& message) {
    expect_user_error([&] { cached_attention(in.build, query, keys, values, position, 1); }, message);
  };
  expect(in.keys, in.keys, in.values, in.position,
         "cached_attention: got the query f32[2, 7, 3, 5], expected the shape [batch, 1, heads, width].");
  const ValueId wide = in.build.input("wide", {DType::f32, {2, 7, 3, 6}}, kDims);
  expect(in.query, wide, in.values, in.position,
         "cached_attention: got the keys f32[2, 7, 3, 6] beside the query f32[2, 1, 3, 5], expected them to "
         "differ in time only.");
  expect(in.query, in.keys, wide, in.position,
         "cached_attention: got f32[2, 7, 3, 6] and f32[2, 7, 3, 5], expected operands of one type.");
  expect(in.query, in.keys, in.values, in.query,
         "cached_attention: got f32[2, 1, 3, 5] and i64[], expected operands of one type.");
}

}  // namespace
}  // namespace weft::testing
