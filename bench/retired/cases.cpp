#include "bench/retired/cases.h"

#include "bench/retired/batch_norm.h"
#include "bench/retired/cross_entropy.h"
#include "bench/retired/mean_spatial.h"
#include "bench/retired/mse.h"
#include "bench/retired/softmax.h"
#include "bench/retired/xent_loss_backward.h"
#include "bench/retired/xent_sums_backward.h"
#include "weft/ops/gradient/gradients.h"
#include "weft/ops/loss/cross_entropy.h"
#include "weft/ops/loss/mse.h"
#include "weft/ops/norm/batch_norm.h"
#include "weft/ops/norm/softmax.h"
#include "weft/ops/reduce/mean_spatial.h"
#include "weft/ops/reduce/reduce.h"

namespace weft::retired {

namespace {

constexpr double kEpsilon = 1e-5;
constexpr double kMomentum = 0.1;

ValueId input(GraphBuilder& build, const std::string& name, const TensorType& type) {
  return build.input(name, type, std::vector<std::string>(type.shape.size()));
}

/// The gradients of values and that of y, "d" + its name, which depends on y as it does where layers follow.
void ask(GraphBuilder& build, const std::string& name, ValueId y,
         const std::vector<std::pair<std::string, ValueId>>& of) {
  const ValueId weights = input(build, "weights", build.type(y));
  const auto made = [&] {
    const BuilderScope asking = build.labelled(kAsking);
    if (build.type(y).shape.empty()) return pointwise(build, {y, weights}, "x0 * x0 * x1");
    return reduce(build, "sum", {y, weights}, "x0 * x0 * x1", leading_axes_of(build, y))[0];
  };
  const ValueId loss = made();
  std::vector<ValueId> values{y};
  for (const auto& [unused, value] : of) values.push_back(value);
  const auto found = gradients(build, loss, values);
  build.output("asking", loss);
  build.output(name, y);
  build.output("d" + name, *found[0]);
  for (size_t i = 0; i < of.size(); ++i) build.output("d" + of[i].first, *found[i + 1]);
}

Case softmax_case(const TensorType& type) {
  GraphBuilder build;
  const ValueId x = input(build, "x", type);
  ask(build, "y", weft::softmax(build, x), {{"x", x}});
  return {
      .name = "softmax",
      .type = type,
      .graph = std::move(build).build(),
      .made = {{"y", type}, {"dx", type}},
      .calls = {{false, {"x"}, {"y"}, [](const KernelContext& c) { softmax(c.inputs[0], c.outputs[0]); }},
                {true,
                 {"dy", "y"},
                 {"dx"},
                 [](const KernelContext& c) { softmax_backward(c.inputs[0], c.inputs[1], c.outputs[0]); }}},
      .compared = {"y", "dx"}};
}

Case mse_case(const TensorType& type) {
  GraphBuilder build;
  const double scale = 1 / static_cast<double>(type.elems());
  const ValueId x = input(build, "x", type);
  ask(build, "loss", weft::mse(build, x, input(build, "target", type), scale), {{"x", x}});
  return {.name = "mse",
          .type = type,
          .graph = std::move(build).build(),
          .made = {{"loss", {DType::f32, {}}}, {"dx", type}},
          .calls = {{false,
                     {"x", "target"},
                     {"loss"},
                     [scale](const KernelContext& c) { mse(c.inputs[0], c.inputs[1], scale, c.outputs[0]); }},
                    {true,
                     {"dloss", "x", "target"},
                     {"dx"},
                     [scale](const KernelContext& c) {
                       mse_backward(c.inputs[1], c.inputs[2], c.inputs[0], scale, c.outputs[0]);
                     }}},
          .compared = {"loss", "dx"}};
}

Case mean_spatial_case(const TensorType& type) {
  GraphBuilder build;
  const ValueId x = input(build, "x", type);
  ask(build, "y", weft::mean_spatial(build, x), {{"x", x}});
  const TensorType of_y{type.dtype, {type.shape.front(), type.shape.back()}};
  const int64_t count = type.elems() / of_y.elems();
  return {.name = "mean_spatial",
          .type = type,
          .graph = std::move(build).build(),
          .made = {{"y", of_y}, {"dx", type}},
          .calls = {{false,
                     {"x"},
                     {"y"},
                     [count](const KernelContext& c) { mean_spatial(c.inputs[0], count, c.outputs[0]); }},
                    {true,
                     {"dy"},
                     {"dx"},
                     [count](const KernelContext& c) {
                       mean_spatial_backward(c.inputs[0], count, c.outputs[0]);
                     }}},
          .compared = {"y", "dx"}};
}

std::vector<OldCall> cross_entropy_calls(double scale) {
  return {
      {false, {"x"}, {"max"}, [](const KernelContext& c) { xent_max(c.inputs[0], c.outputs[0]); }},
      {false,
       {"x", "max", "targets"},
       {"sums"},
       [](const KernelContext& c) { xent_sums(c.inputs[0], c.inputs[1], c.inputs[2], 0, c.outputs[0]); }},
      {false,
       {"max", "sums", "targets"},
       {"loss"},
       [scale](const KernelContext& c) {
         xent_loss(c.inputs[0], c.inputs[1], c.inputs[2], scale, c.outputs[0]);
       }},
      {true,
       {"dloss", "sums", "targets"},
       {"dsums"},
       [scale](const KernelContext& c) {
         xent_loss_backward(c.inputs[0], c.inputs[1], c.inputs[2], scale, c.outputs[0]);
       }},
      {true,
       {"x", "dsums", "max", "targets"},
       {"dx"},
       [](const KernelContext& c) {
         xent_sums_backward(c.inputs[0], c.inputs[1], c.inputs[2], c.inputs[3], 0, c.outputs[0]);
       }},
  };
}

Case cross_entropy_case(const TensorType& type) {
  GraphBuilder build;
  const Dims rows(type.shape.begin(), type.shape.end() - 1);
  const int64_t count = elems_of(rows);
  const ValueId x = input(build, "x", type);
  const ValueId targets = input(build, "targets", {DType::i32, rows});
  ask(build, "loss", cross_entropy(build, x, targets, count), {{"x", x}});
  Dims sums = rows;
  sums.push_back(2);
  return {.name = "cross entropy",
          .type = type,
          .graph = std::move(build).build(),
          .made = {{"max", {DType::f32, rows}},
                   {"sums", {DType::f32, sums}},
                   {"loss", {DType::f32, {}}},
                   {"dsums", {DType::f32, sums}},
                   {"dx", type}},
          .calls = cross_entropy_calls(1 / static_cast<double>(count)),
          .compared = {"loss", "dx"}};
}

struct Norm {
  BatchNormStates states;
  ValueId x;
};

/// With inputs as the running statistics where they do not move, so that no pass computes with them once
/// only.
Norm norm_of(GraphBuilder& build, const TensorType& type, bool moves) {
  const TensorType channels{DType::f32, {type.shape.back()}};
  const auto state = [&](const std::string& name) {
    return moves ? build.state(name, channels, {}, kBuffer) : input(build, name, channels);
  };
  return {{input(build, "gamma", channels), input(build, "beta", channels), state("running_mean"),
           state("running_var")},
          input(build, "x", type)};
}

std::vector<OldCall> batch_norm_calls(double n) {
  return {
      {false, {"x"}, {"sums"}, [](const KernelContext& c) { bn_sums(c.inputs[0], c.outputs[0]); }},
      {false,
       {"running_mean", "running_var", "sums"},
       {"running_mean", "running_var"},
       [n](const KernelContext& c) {
         bn_update_running(c.inputs[2], n, kMomentum, c.inputs[0], c.inputs[1], c.outputs[0], c.outputs[1]);
       }},
      {false,
       {"x", "sums", "gamma", "beta"},
       {"y"},
       [n](const KernelContext& c) {
         bn_apply(c.inputs[0], c.inputs[1], n, c.inputs[2], c.inputs[3], kEpsilon, c.outputs[0]);
       }},
      {true,
       {"dy", "x", "sums"},
       {"back_sums"},
       [n](const KernelContext& c) {
         bn_backward_sums(c.inputs[0], c.inputs[1], c.inputs[2], n, kEpsilon, c.outputs[0]);
       }},
      {true,
       {"dy", "x", "sums", "back_sums", "gamma"},
       {"dx"},
       [n](const KernelContext& c) {
         bn_backward_input(c.inputs[0], c.inputs[1], c.inputs[2], c.inputs[3], c.inputs[4], n, kEpsilon,
                           c.outputs[0]);
       }},
      {true,
       {"back_sums"},
       {"dgamma", "dbeta"},
       [](const KernelContext& c) { bn_backward_params(c.inputs[0], c.outputs[0], c.outputs[1]); }},
  };
}

Case batch_norm_case(const TensorType& type) {
  GraphBuilder build;
  const Norm norm = norm_of(build, type, true);
  ask(build, "y", batch_norm(build, norm.x, norm.states, kEpsilon, kMomentum),
      {{"x", norm.x}, {"gamma", norm.states.gamma}, {"beta", norm.states.beta}});
  const int64_t c = type.shape.back();
  const TensorType channels{DType::f32, {c}}, sums{DType::f32, {2, c}};
  return {.name = "batch norm",
          .type = type,
          .graph = std::move(build).build(),
          .made = {{"sums", sums},
                   {"y", type},
                   {"back_sums", sums},
                   {"dx", type},
                   {"dgamma", channels},
                   {"dbeta", channels}},
          .calls = batch_norm_calls(static_cast<double>(type.elems() / c)),
          .compared = {"y", "dx", "dgamma", "dbeta", "running_mean", "running_var"}};
}

Case batch_norm_inference_case(const TensorType& type) {
  GraphBuilder build;
  const Norm norm = norm_of(build, type, false);
  build.output("y", batch_norm_inference(build, norm.x, norm.states, kEpsilon));
  return {.name = "batch norm, evaluated",
          .type = type,
          .graph = std::move(build).build(),
          .made = {{"y", type}},
          .calls = {{false,
                     {"x", "running_mean", "running_var", "gamma", "beta"},
                     {"y"},
                     [](const KernelContext& c) {
                       bn_infer(c.inputs[0], c.inputs[1], c.inputs[2], c.inputs[3], c.inputs[4], kEpsilon,
                                c.outputs[0]);
                     }}},
          .compared = {"y"}};
}

// Classes of ResNet-20 on CIFAR-10, of shakespeare's bytes, of GPT-2's tokens.
const std::vector<Dims> kClasses{{128, 10}, {12, 64, 256}, {4, 64, 50257}};
// The stages of ResNet-20, and the last with a batch of 4.
const std::vector<Dims> kImages{{4, 8, 8, 64}, {128, 8, 8, 64}, {128, 16, 16, 32}, {128, 32, 32, 16}};

}  // namespace

const std::vector<CaseMaker>& case_makers() {
  static const std::vector<CaseMaker> all = {
      // And the scores of an attention of GPT-2 small.
      {"softmax", {kClasses[0], {4, 12, 64, 64}, kClasses[1], kClasses[2]}, softmax_case},
      // CosmoFlow's parameters of a batch, of 128 batches, and its volumes.
      {"mse", {{4, 4}, {512, 4}, {4, 64, 64, 64, 4}}, mse_case},
      // And what CosmoFlow's last stage gives.
      {"mean_spatial", {{4, 4, 4, 4, 128}, kImages[0], kImages[1], kImages[3]}, mean_spatial_case},
      {"cross entropy", kClasses, cross_entropy_case},
      {"batch norm", kImages, batch_norm_case},
      {"batch norm, evaluated", kImages, batch_norm_inference_case}};
  return all;
}

}  // namespace weft::retired
