#include "weft/ops/linear/cached_attention.h"

#include "weft/base/check.h"
#include "weft/graph/op_registry.h"
#include "weft/ops/case_shapes.h"
#include "weft/ops/operand_types.h"
#include "weft/ops/pointwise/pointwise.h"

namespace weft {

namespace {

enum CachedAxis { kBatch, kToken, kHead, kWidth, kRow };

const OperandMap kTokenMap = {along(kBatch), along(kToken), along(kHead), along(kWidth)};
const OperandMap kCacheMap = {along(kBatch), along(kRow), along(kHead), along(kWidth)};

}  // namespace

std::vector<TensorType> CachedAttention::infer(std::span<const TensorType> inputs) const {
  expect_inputs("cached_attention", inputs.size(), 4);
  const TensorType& query = inputs[0];
  const TensorType& keys = inputs[1];
  expect_floating("cached_attention", query);
  if (query.shape.size() != 4 || query.shape[1] != 1) {
    user_error("cached_attention: got the query {}, expected the shape [batch, 1, heads, width].",
               to_string(query));
  }
  TensorType fitting = query;
  if (keys.shape.size() == 4) fitting.shape[1] = keys.shape[1];
  if (keys != fitting) {
    user_error("cached_attention: got the keys {} beside the query {}, expected them to differ in time only.",
               to_string(keys), to_string(query));
  }
  expect_same("cached_attention", inputs[2], keys);
  expect_same("cached_attention", inputs[3], {DType::i64, {}});
  return {query};
}

IndexMap CachedAttention::index_map(std::span<const TensorType> inputs,
                                    std::span<const TensorType> /*outputs*/) const {
  const Dims& cache = inputs[1].shape;
  return {{{"b", cache[0]},
           {"token", 1, AxisKind::whole},
           {"h", cache[2]},
           {"d", cache[3], AxisKind::whole},
           {"t", cache[1], AxisKind::whole}},
          {kTokenMap, kCacheMap, kCacheMap, {}},
          {kTokenMap}};
}

namespace {

OpCase random_case(CaseRandom& random) {
  const int64_t batch = random.between(1, 3), heads = random.between(1, 5), width = random.between(1, 7);
  const TensorType query = real({batch, 1, heads, width});
  const TensorType cache = real({batch, random.between(1, 9), heads, width});
  OpCase result =
      case_of({query, cache, cache, {DType::i64, {}}}, [](GraphBuilder& build, std::span<const ValueId> in) {
        // Tests draw whole numbers from 1 on.
        const ValueId position = pointwise(build, {in[3]}, "n0 - 1");
        return std::vector{cached_attention(build, in[0], in[1], in[2], position, 0.6)};
      });
  result.integer_bound[3] = cache.shape[1];
  result.differentiable = {false, false, false, false};
  return result;
}

}  // namespace

ValueId cached_attention(GraphBuilder& build, ValueId query, ValueId keys, ValueId values, ValueId position,
                         double scale) {
  return build.add1(std::make_shared<CachedAttention>(scale), {query, keys, values, position});
}

void register_cached_attention(OpRegistry& registry) { registry.add<CachedAttention>(random_case); }

}  // namespace weft
