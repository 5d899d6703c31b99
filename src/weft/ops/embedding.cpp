#include "weft/ops/embedding.h"

#include <fmt/format.h>

#include "weft/base/check.h"
#include "weft/graph/op_registry.h"
#include "weft/kernels/embedding.h"
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

struct EmbeddingBackward final : Op {
  TensorType table;  ///< of the gradient: nothing else says how large the vocabulary is
  int64_t vocab_begin;
  bool accumulates;  ///< a third operand is what the rows are added to
  EmbeddingBackward(TensorType t, int64_t begin, bool accumulate = false)
      : table(std::move(t)), vocab_begin(begin), accumulates(accumulate) {}

  std::string_view name() const override { return "embedding_backward"; }
  std::string attributes() const override {
    return fmt::format("table={} vocab_begin={} accumulates={}", to_string(table), vocab_begin, accumulates);
  }
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override {
    expect_inputs("embedding_backward", inputs.size(), accumulates ? 3 : 2);
    if (accumulates) expect_same("embedding_backward", inputs[2], table);
    expect_floating("embedding_backward", inputs[0]);
    expect_dtype("embedding_backward", inputs[1], DType::i32);
    Dims rows = inputs[1].shape;
    rows.push_back(table.shape[1]);
    expect_shape("embedding_backward", inputs[0], rows);
    return {table};
  }
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType>) const override {
    EmbeddingAxes map = embedding_axes(inputs[1].shape, table.shape);
    if (!accumulates) return {map.axes, {map.rows, map.ids}, {map.table}};
    for (Axis& axis : map.axes) axis.kind = AxisKind::whole;
    return {map.axes, {map.rows, map.ids, map.table}, {map.table}};
  }
  Traits traits() const override {
    Traits result{.flops_per_point = 0};
    if (accumulates) result.in_place = {{0, 2}};
    return result;
  }
  OpPtr accumulating_form() const override {
    if (accumulates) return nullptr;
    return std::make_shared<EmbeddingBackward>(table, vocab_begin, true);
  }
  OpPtr localize(const LocalRegions& regions) const override {
    const Region& owned = regions.outputs[0];
    return std::make_shared<EmbeddingBackward>(TensorType{table.dtype, owned.shape()},
                                               vocab_begin + owned.ranges[0].begin);
  }
};

struct Embedding final : Op {
  DType out;
  int64_t vocab_begin;
  Embedding(DType o, int64_t begin) : out(o), vocab_begin(begin) {}

  std::string_view name() const override { return "embedding"; }
  std::string attributes() const override {
    return fmt::format("out={} vocab_begin={}", name_of(out), vocab_begin);
  }
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override {
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
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType>) const override {
    const EmbeddingAxes map = embedding_axes(inputs[1].shape, inputs[0].shape);
    return {map.axes, {map.table, map.ids}, {map.rows}};
  }
  Traits traits() const override { return {.flops_per_point = 0}; }
  OpPtr localize(const LocalRegions& regions) const override {
    return std::make_shared<Embedding>(out, vocab_begin + regions.inputs[0].ranges[0].begin);
  }
  std::vector<std::optional<ValueId>> gradient(const GradientContext& context) const override {
    const TensorType& table = context.build.type(context.inputs[0]);
    const auto op =
        std::make_shared<EmbeddingBackward>(TensorType{statistics_of(table.dtype), table.shape}, vocab_begin);
    return {context.build.add1(op, {*context.output_gradients[0], context.inputs[1]}), std::nullopt};
  }
};

Kernel bind(const BindRequest& request) {
  const int64_t begin = static_cast<const Embedding&>(request.op).vocab_begin;
  return {[begin](const KernelContext& context) {
    kernels::embedding(context.inputs[0], context.inputs[1], begin, context.outputs[0]);
  }};
}

Kernel bind_backward(const BindRequest& request) {
  const auto& op = static_cast<const EmbeddingBackward&>(request.op);
  const int64_t begin = op.vocab_begin;
  if (op.accumulates) {
    return {[begin](const KernelContext& context) {
      const auto& in = context.inputs;
      kernels::add_embedding_backward(in[0], in[1], begin, in[2], context.outputs[0]);
    }};
  }
  return {[begin](const KernelContext& context) {
    kernels::embedding_backward(context.inputs[0], context.inputs[1], begin, context.outputs[0]);
  }};
}

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
  registry.add({"embedding", bind, random_case});
  registry.add({"embedding_backward", bind_backward, nullptr});
}

}  // namespace weft
