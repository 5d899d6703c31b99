#include "weft/ops/shape/embedding.h"

#include <algorithm>

#include "weft/base/check.h"
#include "weft/graph/op_registry.h"
#include "weft/ops/case_shapes.h"
#include "weft/ops/index_maps.h"
#include "weft/ops/operand_types.h"

namespace weft {

namespace {

/// Axes: the dimensions of ids, c, v.
struct EmbeddingAxes {
  std::vector<Axis> axes;
  OperandMap ids, rows, table;
};

EmbeddingAxes embedding_axes(const Dims& ids, const Dims& table) {
  const int rank = static_cast<int>(ids.size());
  EmbeddingAxes result{axes_of(ids), along_axes(0, rank), along_axes(0, rank + 1), {}};
  result.axes.push_back({"c", table[1]});
  result.axes.push_back({"v", table[0]});
  result.table = {along(rank + 1), along(rank)};
  return result;
}

}  // namespace

std::vector<TensorType> EmbeddingBackward::infer(std::span<const TensorType> inputs) const {
  expect_inputs("embedding_backward", inputs.size(), accumulates ? 3 : 2);
  if (table.shape.size() != 2) {
    user_error("embedding_backward: got the table {}, expected [vocabulary, width].", to_string(table));
  }
  if (accumulates) expect_same("embedding_backward", inputs[2], table);
  expect_floating("embedding_backward", inputs[0]);
  expect_dtype("embedding_backward", inputs[1], DType::i32);
  Dims rows = inputs[1].shape;
  rows.push_back(table.shape[1]);
  expect_shape("embedding_backward", inputs[0], rows);
  return {table};
}

IndexMap EmbeddingBackward::index_map(std::span<const TensorType> inputs,
                                      std::span<const TensorType> /*outputs*/) const {
  EmbeddingAxes map = embedding_axes(inputs[1].shape, table.shape);
  if (!accumulates) return {map.axes, {map.rows, map.ids}, {map.table}};
  for (Axis& axis : map.axes) axis.kind = AxisKind::whole;
  return {map.axes, {map.rows, map.ids, map.table}, {map.table}};
}

Traits EmbeddingBackward::traits() const {
  Traits result{.flops_per_point = 0};
  if (accumulates) result.in_place = {{0, 2}};
  return result;
}

OpPtr EmbeddingBackward::accumulating_form() const {
  if (accumulates) return nullptr;
  return std::make_shared<EmbeddingBackward>(table, vocab_begin, true);
}

OpPtr EmbeddingBackward::localize(const LocalRegions& regions) const {
  const Region& owned = regions.outputs[0];
  return std::make_shared<EmbeddingBackward>(TensorType{table.dtype, owned.shape()},
                                             vocab_begin + owned.ranges[0].begin);
}

std::vector<TensorType> Embedding::infer(std::span<const TensorType> inputs) const {
  expect_inputs("embedding", inputs.size(), 2);
  expect_floating("embedding", inputs[0]);
  expect_dtype("embedding", inputs[1], DType::i32);
  if (inputs[0].shape.size() != 2) {
    user_error("embedding: got the table {}, expected [vocabulary, width].", to_string(inputs[0]));
  }
  Dims shape = inputs[1].shape;
  shape.push_back(inputs[0].shape[1]);
  return {{out, shape}};
}

IndexMap Embedding::index_map(std::span<const TensorType> inputs,
                              std::span<const TensorType> /*outputs*/) const {
  const EmbeddingAxes map = embedding_axes(inputs[1].shape, inputs[0].shape);
  return {map.axes, {map.table, map.ids}, {map.rows}};
}

int64_t Embedding::least_bytes(std::span<const TensorType> inputs,
                               std::span<const TensorType> outputs) const {
  const TensorType& table = inputs[0];
  const int64_t rows = bytes_of(table.dtype, outputs[0].elems());
  return std::min(table.bytes(), rows) + inputs[1].bytes() + outputs[0].bytes();
}

OpPtr Embedding::localize(const LocalRegions& regions) const {
  return std::make_shared<Embedding>(out, vocab_begin + regions.inputs[0].ranges[0].begin);
}

std::vector<std::optional<ValueId>> Embedding::gradient(const GradientContext& context) const {
  const TensorType& table = context.build.type(context.inputs[0]);
  const auto op =
      std::make_shared<EmbeddingBackward>(TensorType{statistics_of(table.dtype), table.shape}, vocab_begin);
  return {context.build.add1(op, {*context.output_gradients[0], context.inputs[1]}), std::nullopt};
}

namespace {

OpCase random_case(CaseRandom& random) {
  const TensorType table = real(random_dims(random, 2, 9));
  OpCase result = case_of({table, indices(random_dims(random, random.between(1, 2), 6))},
                          [](GraphBuilder& build, std::span<const ValueId> in) {
                            return std::vector{embedding(build, in[0], in[1], build.type(in[0]).dtype)};
                          });
  result.integer_bound[1] = table.shape[0];
  return result;
}

}  // namespace

ValueId embedding(GraphBuilder& build, ValueId table, ValueId ids, DType out_dtype) {
  return build.add1(std::make_shared<Embedding>(out_dtype, 0), {table, ids});
}

void register_embedding(OpRegistry& registry) {
  registry.add<Embedding>(random_case);
  registry.add<EmbeddingBackward>();
}

}  // namespace weft
