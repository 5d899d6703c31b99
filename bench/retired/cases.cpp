#include "bench/retired/cases.h"

#include "bench/retired/batch_norm.h"
#include "bench/retired/cross_entropy.h"
#include "bench/retired/mean_spatial.h"
#include "bench/retired/mse.h"
#include "bench/retired/softmax.h"
#include "bench/retired/xent_loss_backward.h"
#include "bench/retired/xent_sums_backward.h"
#include "weft/ops/batch_norm.h"
#include "weft/ops/cross_entropy.h"
#include "weft/ops/gradients.h"
#include "weft/ops/mean_spatial.h"
#include "weft/ops/mse.h"
#include "weft/ops/reduce.h"
#include "weft/ops/softmax.h"

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
  return {.name = "softmax",
          .type = type,
          .graph = std::move(build).build(),
          .made = {{"y", type}, {"dx", type}},
          .calls = {{false, {"x"}, {"y"}, [](Views in, Views out) { softmax(in[0], out[0]); }},
                    {true,
                     {"dy", "y"},
                     {"dx"},
                     [](Views in, Views out) { softmax_backward(in[0], in[1], out[0]); }}},
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
                     [scale](Views in, Views out) { mse(in[0], in[1], scale, out[0]); }},
                    {true,
                     {"dloss", "x", "target"},
                     {"dx"},
                     [scale](Views in, Views out) { mse_backward(in[1], in[2], in[0], scale, out[0]); }}},
          .compared = {"loss", "dx"}};
}

Case mean_spatial_case(const TensorType& type) {
  GraphBuilder build;
  const ValueId x = input(build, "x", type);
  ask(build, "y", weft::mean_spatial(build, x), {{"x", x}});
  const TensorType of_y{type.dtype, {type.shape.front(), type.shape.back()}};
  const int64_t count = type.elems() / of_y.elems();
  return {
      .name = "mean_spatial",
      .type = type,
      .graph = std::move(build).build(),
      .made = {{"y", of_y}, {"dx", type}},
      .calls = {{false, {"x"}, {"y"}, [count](Views in, Views out) { mean_spatial(in[0], count, out[0]); }},
                {true,
                 {"dy"},
                 {"dx"},
                 [count](Views in, Views out) { mean_spatial_backward(in[0], count, out[0]); }}},
      .compared = {"y", "dx"}};
}

std::vector<OldCall> cross_entropy_calls(double scale) {
  return {
      {false, {"x"}, {"max"}, [](Views in, Views out) { xent_max(in[0], out[0]); }},
      {false,
       {"x", "max", "targets"},
       {"sums"},
       [](Views in, Views out) { xent_sums(in[0], in[1], in[2], 0, out[0]); }},
      {false,
       {"max", "sums", "targets"},
       {"loss"},
       [scale](Views in, Views out) { xent_loss(in[0], in[1], in[2], scale, out[0]); }},
      {true,
       {"dloss", "sums", "targets"},
       {"dsums"},
       [scale](Views in, Views out) { xent_loss_backward(in[0], in[1], in[2], scale, out[0]); }},
      {true,
       {"x", "dsums", "max", "targets"},
       {"dx"},
       [](Views in, Views out) { xent_sums_backward(in[0], in[1], in[2], in[3], 0, out[0]); }},
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
      {false, {"x"}, {"sums"}, [](Views in, Views out) { bn_sums(in[0], out[0]); }},
      {false,
       {"running_mean", "running_var", "sums"},
       {"running_mean", "running_var"},
       [n](Views in, Views out) { bn_update_running(in[2], n, kMomentum, in[0], in[1], out[0], out[1]); }},
      {false,
       {"x", "sums", "gamma", "beta"},
       {"y"},
       [n](Views in, Views out) { bn_apply(in[0], in[1], n, in[2], in[3], kEpsilon, out[0]); }},
      {true,
       {"dy", "x", "sums"},
       {"back_sums"},
       [n](Views in, Views out) { bn_backward_sums(in[0], in[1], in[2], n, kEpsilon, out[0]); }},
      {true,
       {"dy", "x", "sums", "back_sums", "gamma"},
       {"dx"},
       [n](Views in, Views out) {
         bn_backward_input(in[0], in[1], in[2], in[3], in[4], n, kEpsilon, out[0]);
       }},
      {true,
       {"back_sums"},
       {"dgamma", "dbeta"},
       [](Views in, Views out) { bn_backward_params(in[0], out[0], out[1]); }},
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
  return {
      .name = "batch norm, evaluated",
      .type = type,
      .graph = std::move(build).build(),
      .made = {{"y", type}},
      .calls = {{false,
                 {"x", "running_mean", "running_var", "gamma", "beta"},
                 {"y"},
                 [](Views in, Views out) { bn_infer(in[0], in[1], in[2], in[3], in[4], kEpsilon, out[0]); }}},
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
