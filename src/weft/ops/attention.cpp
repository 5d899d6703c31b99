#include "weft/ops/attention.h"

#include <fmt/format.h>

#include "weft/base/check.h"
#include "weft/graph/op_registry.h"
#include "weft/kernels/attention.h"
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

struct AttentionBackward final : Op {
  bool causal;
  double scale;
  AttentionBackward(bool c, double s) : causal(c), scale(s) {}

  std::string_view name() const override { return "attention_backward"; }
  std::string attributes() const override { return fmt::format("causal={} scale={}", causal, scale); }
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override {
    expect_inputs("attention_backward", inputs.size(), 4);
    expect_qkv("attention_backward", inputs[0]);
    expect_same("attention_backward", inputs[1], out_type(inputs[0]));
    expect_same("attention_backward", inputs[2], lse_type(inputs[0]));
    expect_same("attention_backward", inputs[3], inputs[1]);
    return {inputs[0]};
  }
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType>) const override {
    return {axes_of_qkv(inputs[0].shape), {kQkvMap, kOutMap, kLseMap, kOutMap}, {kQkvMap}};
  }
  Traits traits() const override {
    // Five products of [T, D] x [D, T] or [T, T] x [T, D], over the three of a point's third axis.
    return {.flops_per_point = (causal ? 5.0 : 10.0) / 3.0};
  }
};

struct Attention final : Op {
  bool causal;
  double scale;
  Attention(bool c, double s) : causal(c), scale(s) {}

  std::string_view name() const override { return "attention"; }
  std::string attributes() const override { return fmt::format("causal={} scale={}", causal, scale); }
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override {
    expect_inputs("attention", inputs.size(), 1);
    expect_qkv("attention", inputs[0]);
    return {out_type(inputs[0]), lse_type(inputs[0])};
  }
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType>) const override {
    return {axes_of_qkv(inputs[0].shape), {kQkvMap}, {kOutMap, kLseMap}};
  }
  Traits traits() const override { return {.flops_per_point = (causal ? 2.0 : 4.0) / 3.0}; }
  std::vector<std::optional<ValueId>> gradient(const GradientContext& context) const override {
    if (!context.output_gradients[0]) return {std::nullopt};
    return {context.build.add1(
        std::make_shared<AttentionBackward>(causal, scale),
        {context.inputs[0], context.outputs[0], context.outputs[1], *context.output_gradients[0]})};
  }
};

/// The kernels' limit, said before they meet it.
void check_width(const TensorType& qkv) {
  if (qkv.dtype == DType::f64 || qkv.shape[4] <= kernels::kAttentionMaxWidth) return;
  user_error("attention: heads of {} features, and at most {} are possible; take more heads", qkv.shape[4],
             kernels::kAttentionMaxWidth);
}

Kernel bind(const BindRequest& request) {
  check_width(request.inputs[0]);
  const auto& op = static_cast<const Attention&>(request.op);
  return {[causal = op.causal, scale = op.scale](const KernelContext& context) {
    kernels::attention_forward(context.inputs[0], context.outputs[0], context.outputs[1], causal, scale);
  }};
}

Kernel bind_backward(const BindRequest& request) {
  check_width(request.inputs[0]);
  const auto& op = static_cast<const AttentionBackward&>(request.op);
  const auto run = [causal = op.causal, scale = op.scale](const KernelContext& context) {
    kernels::attention_backward(context.inputs[0], context.inputs[1], context.inputs[2], context.inputs[3],
                                context.outputs[0], context.scratch, causal, scale);
  };
  return {run, kernels::attention_backward_scratch_bytes(request.inputs[0])};
}

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
  registry.add({"attention", bind, random_case});
  registry.add({"attention_backward", bind_backward, nullptr});
}

}  // namespace weft
