#include "weft/ops/linear/attention.h"

#include "weft/base/check.h"
#include "weft/graph/op_registry.h"
#include "weft/ops/linear/attention_sizes.h"
#include "weft/ops/operand_types.h"

namespace weft {

AttentionSizes attention_sizes(const AttentionForm& form, std::span<const TensorType> inputs) {
  const Dims& q = inputs[0].shape;
  if (form.packed) return {q[0], q[1], q[1], q[3], q[3], q[4]};
  const Dims& k = inputs[1].shape;
  return {q[0], q[1], k[1], q[2], k[2], q[3]};
}

namespace {

void expect_packed(std::string_view op, const TensorType& qkv) {
  expect_floating(op, qkv);
  if (qkv.shape.size() != 5 || qkv.shape[2] != 3) {
    user_error("{}: got {}, expected the shape [batch, time, 3, heads, width].", op, to_string(qkv));
  }
}

/// A part of a node may have no heads at all.
bool divides(int64_t groups, int64_t heads) { return groups > 0 ? heads % groups == 0 : heads == 0; }

void expect_separate(std::string_view op, std::span<const TensorType> inputs) {
  const TensorType& q = inputs[0];
  const TensorType& k = inputs[1];
  expect_floating(op, q);
  if (q.shape.size() != 4) {
    user_error("{}: got the queries {}, expected the shape [batch, time, heads, width].", op, to_string(q));
  }
  expect_same(op, inputs[2], k);
  const bool fits = k.dtype == q.dtype && k.shape.size() == 4 && k.shape[0] == q.shape[0] &&
                    k.shape[3] == q.shape[3] && divides(k.shape[2], q.shape[2]);
  if (!fits) {
    user_error(
        "{}: got the queries {} and the keys {}, expected one batch, width and dtype, and heads of keys "
        "that divide those of queries.",
        op, to_string(q), to_string(k));
  }
}

/// Checks the operands before out, lse and dout, and after them.
void expect_operands(std::string_view op, const AttentionForm& form, std::span<const TensorType> inputs,
                     size_t between) {
  const size_t more = (form.has_lengths ? 1 : 0) + (form.dropout > 0 ? 1 : 0);
  expect_inputs(op, inputs.size(), form.heads_operands() + between + more);
  if (form.packed) {
    expect_packed(op, inputs[0]);
  } else {
    expect_separate(op, inputs);
  }
  if (!(form.dropout >= 0 && form.dropout < 1)) {
    user_error("{}: got the dropout {}, expected one in [0, 1).", op, form.dropout);
  }
  const AttentionSizes s = attention_sizes(form, inputs);
  if (form.causal && form.queries == 0 && s.queries != s.keys) {
    user_error("{}: got {} queries and {} keys, expected equally many where later keys are not seen.", op,
               s.queries, s.keys);
  }
  if (form.has_lengths) expect_same(op, inputs[form.lengths_at(inputs.size())], {DType::i32, {s.batch}});
  if (form.dropout > 0) expect_same(op, inputs.back(), {DType::i64, {}});
}

TensorType out_type(const AttentionForm& form, std::span<const TensorType> inputs) {
  const AttentionSizes s = attention_sizes(form, inputs);
  return {inputs[0].dtype, {s.batch, s.queries, s.heads, s.width}};
}

TensorType lse_type(const AttentionForm& form, std::span<const TensorType> inputs) {
  const AttentionSizes s = attention_sizes(form, inputs);
  return {statistics_of(inputs[0].dtype), {s.batch, s.heads, s.queries}};
}

/// The axes of a node, and how its operands lie along them.
struct AttentionMaps {
  std::vector<Axis> axes;
  std::vector<OperandMap> heads;  ///< q, k and v, or qkv
  OperandMap out, lse, lengths;
};

/// Keys are an axis that results lack, so that the points count the work. Queries may be divided, where keys
/// and values are operands of their own: each part of them needs these whole.
AttentionMaps maps_of(const AttentionForm& form, std::span<const TensorType> inputs) {
  const AttentionSizes s = attention_sizes(form, inputs);
  const bool grouped = s.groups != s.heads;
  AttentionMaps maps;
  enum { kBatch, kQuery, kHead, kWidth, kKey, kMore };
  maps.axes = {{"b", s.batch},
               {"t", s.queries, form.packed ? AxisKind::whole : AxisKind::parallel},
               {"h", s.groups, grouped ? AxisKind::even : AxisKind::parallel},
               {"d", s.width, AxisKind::whole},
               {"s", s.keys, AxisKind::whole}};
  IndexDim head = along(kHead);
  if (grouped) {
    maps.axes.push_back({"of_group", s.heads / s.groups, AxisKind::whole});
    head = {{{kHead, s.heads / s.groups}, {kMore, 1}}, 0};
  }
  maps.out = {along(kBatch), along(kQuery), head, along(kWidth)};
  maps.lse = {along(kBatch), head, along(kQuery)};
  maps.lengths = {along(kBatch)};
  if (form.packed) {
    maps.axes.push_back({"three", 3, AxisKind::whole});
    maps.heads = {{along(kBatch), along(kQuery), along(kMore), along(kHead), along(kWidth)}};
  } else {
    const OperandMap keys = {along(kBatch), along(kKey), along(kHead), along(kWidth)};
    maps.heads = {maps.out, keys, keys};
  }
  return maps;
}

IndexMap index_map_of(const AttentionForm& form, AttentionMaps maps, std::vector<OperandMap> between,
                      std::vector<OperandMap> outputs) {
  IndexMap map{std::move(maps.axes), std::move(maps.heads), std::move(outputs)};
  map.inputs.insert(map.inputs.end(), between.begin(), between.end());
  if (form.has_lengths) map.inputs.push_back(maps.lengths);
  if (form.dropout > 0) map.inputs.emplace_back();
  return map;
}

/// Of so many products of two operations each, at every pair of a query and a key.
Traits traits_of(const AttentionForm& form, double products) {
  const double points = form.packed ? 3 : 1;  // the third axis is no loop
  return {.contraction = true, .flops_per_point = 2 * products * (form.causal ? 0.5 : 1.0) / points};
}

/// The form of a part whose out, or gradient of the queries, is `part` of `whole`.
AttentionForm localized(AttentionForm form, const TensorType& whole, const Region& part) {
  const size_t heads = form.packed && whole.shape.size() == 5 ? 3 : 2;
  form.heads = whole.shape[heads];
  form.queries = whole.shape[1];
  form.first_batch = part.ranges[0].begin;
  form.first_query = part.ranges[1].begin;
  form.first_head = part.ranges[heads].begin;
  return form;
}

}  // namespace

std::vector<TensorType> AttentionBackward::infer(std::span<const TensorType> inputs) const {
  expect_operands(kName, form, inputs, 3);
  const size_t at = form.heads_operands();
  const TensorType out = out_type(form, inputs);
  expect_same(kName, inputs[at], out);
  expect_same(kName, inputs[at + 1], lse_type(form, inputs));
  expect_same(kName, inputs[at + 2], out);
  return {inputs.begin(), inputs.begin() + static_cast<std::ptrdiff_t>(at)};
}

IndexMap AttentionBackward::index_map(std::span<const TensorType> inputs,
                                      std::span<const TensorType> /*outputs*/) const {
  const AttentionMaps maps = maps_of(form, inputs);
  return index_map_of(form, maps, {maps.out, maps.lse, maps.out}, maps.heads);
}

Traits AttentionBackward::traits() const { return traits_of(form, 5); }

OpPtr AttentionBackward::localize(const LocalRegions& regions) const {
  return std::make_shared<AttentionBackward>(localized(form, regions.global_outputs[0], regions.outputs[0]));
}

std::vector<TensorType> Attention::infer(std::span<const TensorType> inputs) const {
  expect_operands(kName, form, inputs, 0);
  return {out_type(form, inputs), lse_type(form, inputs)};
}

IndexMap Attention::index_map(std::span<const TensorType> inputs,
                              std::span<const TensorType> /*outputs*/) const {
  const AttentionMaps maps = maps_of(form, inputs);
  return index_map_of(form, maps, {}, {maps.out, maps.lse});
}

Traits Attention::traits() const { return traits_of(form, 2); }

OpPtr Attention::localize(const LocalRegions& regions) const {
  return std::make_shared<Attention>(localized(form, regions.global_outputs[0], regions.outputs[0]));
}

std::vector<std::optional<ValueId>> Attention::gradient(const GradientContext& context) const {
  std::vector<std::optional<ValueId>> result(context.inputs.size());
  // None through the logarithms, which are for the backward pass.
  if (!context.output_gradients[0] || context.output_gradients[1]) return result;
  const auto heads = context.inputs.begin() + static_cast<std::ptrdiff_t>(form.heads_operands());
  std::vector<ValueId> operands(context.inputs.begin(), heads);
  operands.insert(operands.end(), {context.outputs[0], context.outputs[1], *context.output_gradients[0]});
  operands.insert(operands.end(), heads, context.inputs.end());
  const std::vector<ValueId> made =
      context.build.add(std::make_shared<AttentionBackward>(form), std::move(operands));
  for (size_t i = 0; i < made.size(); ++i) result[i] = made[i];
  return result;
}

namespace {

ValueId attention_of(GraphBuilder& build, std::vector<ValueId> operands, const AttentionOptions& options) {
  AttentionForm form{.causal = options.causal,
                     .scale = options.scale,
                     .packed = operands.size() == 1,
                     .has_lengths = options.lengths.has_value(),
                     .dropout = options.dropout,
                     .seed = options.seed,
                     .stream = options.stream};
  if (options.lengths) operands.push_back(*options.lengths);
  if (options.dropout > 0) {
    WEFT_CHECK(options.step.has_value(), "attention with dropout is not told the step");
    operands.push_back(*options.step);
  }
  return build.add(std::make_shared<Attention>(form), std::move(operands))[0];
}

struct RandomAttention {
  AttentionOptions options;
  bool has_lengths = false;
};

RandomAttention random_attention(CaseRandom& random) {
  RandomAttention made;
  made.options.causal = random.coin();
  made.options.scale = 0.6;
  made.options.dropout = random.coin() ? 0.3 : 0;
  made.options.seed = static_cast<uint64_t>(random.between(0, 1000));
  made.options.stream = 5;
  made.has_lengths = random.coin();
  return made;
}

OpCase attention_case(CaseRandom& random, std::vector<TensorType> heads, int64_t keys) {
  const RandomAttention drawn = random_attention(random);
  const size_t parts = heads.size();
  std::vector<TensorType> inputs = std::move(heads);
  if (drawn.has_lengths) inputs.push_back({DType::i32, {inputs[0].shape[0]}});
  if (drawn.options.dropout > 0) inputs.push_back({DType::i64, {}});
  const size_t count = inputs.size();
  OpCase result;
  result.inputs = std::move(inputs);
  result.integer_bound.assign(count, 0);
  result.differentiable.assign(count, false);
  for (size_t i = 0; i < parts; ++i) result.differentiable[i] = true;
  for (size_t i = parts; i < count; ++i) result.integer_bound[i] = keys + 1;
  result.build = [drawn, parts](GraphBuilder& build, std::span<const ValueId> in) {
    AttentionOptions options = drawn.options;
    if (drawn.has_lengths) options.lengths = in[parts];
    if (options.dropout > 0) options.step = in.back();
    return std::vector{
        attention_of(build, {in.begin(), in.begin() + static_cast<std::ptrdiff_t>(parts)}, options)};
  };
  return result;
}

OpCase packed_case(CaseRandom& random) {
  const int64_t length = random.between(1, 6);
  return attention_case(
      random, {{DType::f64, {random.between(1, 3), length, 3, random.between(1, 3), random.between(1, 5)}}},
      length);
}

OpCase separate_case(CaseRandom& random) {
  const int64_t batch = random.between(1, 3), length = random.between(1, 6), groups = random.between(1, 2);
  const int64_t heads = groups * random.between(1, 3), width = random.between(1, 5);
  const TensorType keys{DType::f64, {batch, length, groups, width}};
  return attention_case(random, {{DType::f64, {batch, length, heads, width}}, keys, keys}, length);
}

}  // namespace

ValueId attention(GraphBuilder& build, ValueId q, ValueId k, ValueId v, const AttentionOptions& options) {
  return attention_of(build, {q, k, v}, options);
}

ValueId attention(GraphBuilder& build, ValueId qkv, const AttentionOptions& options) {
  return attention_of(build, {qkv}, options);
}

ValueId attention(GraphBuilder& build, ValueId qkv, bool causal, double scale) {
  return attention_of(build, {qkv}, {.causal = causal, .scale = scale});
}

void register_attention(OpRegistry& registry) {
  registry.add<Attention>(packed_case);
  registry.add_cases(Attention::kName, separate_case);
  registry.add<AttentionBackward>();
}

}  // namespace weft
