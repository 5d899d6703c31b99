#include "weft/ops/linear/attention.h"

#include "weft/base/check.h"
#include "weft/graph/op_registry.h"
#include "weft/ops/case_shapes.h"
#include "weft/ops/operand_types.h"

namespace weft {

namespace {

enum AttentionAxis { kBatch, kQuery, kThree, kHead, kWidth, kKey };

const OperandMap kQkvMap = {along(kBatch), along(kQuery), along(kThree), along(kHead), along(kWidth)};
const OperandMap kOutMap = {along(kBatch), along(kQuery), along(kHead), along(kWidth)};
const OperandMap kLseMap = {along(kBatch), along(kHead), along(kQuery)};

/// The keys are an axis of their own, so that the points count the work.
std::vector<Axis> axes_of_qkv(const Dims& qkv) {
  return {{"b", qkv[0]}, {"t", qkv[1], AxisKind::whole}, {"three", 3, AxisKind::whole},
          {"h", qkv[3]}, {"d", qkv[4], AxisKind::whole}, {"s", qkv[1], AxisKind::whole}};
}

TensorType out_type(const TensorType& qkv) {
  return {qkv.dtype, {qkv.shape[0], qkv.shape[1], qkv.shape[3], qkv.shape[4]}};
}

TensorType lse_type(const TensorType& qkv) {
  return {statistics_of(qkv.dtype), {qkv.shape[0], qkv.shape[3], qkv.shape[1]}};
}

void expect_qkv(std::string_view op, const TensorType& qkv) {
  expect_floating(op, qkv);
  if (qkv.shape.size() != 5 || qkv.shape[2] != 3) {
    user_error("{}: got {}, expected the shape [batch, time, 3, heads, width].", op, to_string(qkv));
  }
}

}  // namespace

std::vector<TensorType> AttentionBackward::infer(std::span<const TensorType> inputs) const {
  expect_inputs("attention_backward", inputs.size(), 4);
  expect_qkv("attention_backward", inputs[0]);
  expect_same("attention_backward", inputs[1], out_type(inputs[0]));
  expect_same("attention_backward", inputs[2], lse_type(inputs[0]));
  expect_same("attention_backward", inputs[3], inputs[1]);
  return {inputs[0]};
}

IndexMap AttentionBackward::index_map(std::span<const TensorType> inputs,
                                      std::span<const TensorType> /*outputs*/) const {
  return {axes_of_qkv(inputs[0].shape), {kQkvMap, kOutMap, kLseMap, kOutMap}, {kQkvMap}};
}

std::vector<TensorType> Attention::infer(std::span<const TensorType> inputs) const {
  expect_inputs("attention", inputs.size(), 1);
  expect_qkv("attention", inputs[0]);
  return {out_type(inputs[0]), lse_type(inputs[0])};
}

IndexMap Attention::index_map(std::span<const TensorType> inputs,
                              std::span<const TensorType> /*outputs*/) const {
  return {axes_of_qkv(inputs[0].shape), {kQkvMap}, {kOutMap, kLseMap}};
}

std::vector<std::optional<ValueId>> Attention::gradient(const GradientContext& context) const {
  // None through the logarithms, which are for the backward pass.
  if (!context.output_gradients[0] || context.output_gradients[1]) return {std::nullopt};
  return {context.build.add1(
      std::make_shared<AttentionBackward>(causal, scale),
      {context.inputs[0], context.outputs[0], context.outputs[1], *context.output_gradients[0]})};
}

namespace {

OpCase random_case(CaseRandom& random) {
  const TensorType qkv =
      real({random.between(1, 3), random.between(1, 6), 3, random.between(1, 3), random.between(1, 5)});
  const bool causal = random.coin();
  return case_of({qkv}, [causal](GraphBuilder& build, std::span<const ValueId> in) {
    return std::vector{attention(build, in[0], causal, 0.6)};
  });
}

}  // namespace

ValueId attention(GraphBuilder& build, ValueId qkv, bool causal, double scale) {
  return build.add(std::make_shared<Attention>(causal, scale), {qkv})[0];
}

void register_attention(OpRegistry& registry) {
  registry.add<Attention>(random_case);
  registry.add<AttentionBackward>();
}

}  // namespace weft
