#include "weft/models/gpt.h"

#include <fmt/format.h>

#include <cmath>

#include "weft/base/check.h"
#include "weft/ops/add.h"
#include "weft/ops/attention.h"
#include "weft/ops/dropout.h"
#include "weft/ops/embedding.h"
#include "weft/ops/fill.h"
#include "weft/ops/layer_norm.h"
#include "weft/ops/matmul.h"
#include "weft/ops/relu.h"

namespace weft {

namespace {

constexpr double kDeviation = 0.02;  // GPT-2's

class Gpt {
 public:
  Gpt(GraphBuilder& build, ParameterSet& parameters, const GptConfig& config, ValueId step, bool training)
      : build_(build), parameters_(parameters), config_(config), step_(step), training_(training) {}

  ValueId logits(ValueId tokens) {
    const int64_t length = build_.type(tokens).shape[1];
    if (length > config_.context) {
      user_error("data.context={}: the model was made for a context of {}", length, config_.context);
    }
    const ValueId table = parameters_.weight("wte", {config_.vocabulary, config_.width}, kDeviation);
    ValueId x = embedded(tokens, table, length);
    for (int64_t layer = 0; layer < config_.layers; ++layer) x = block(x, layer);
    return head(x, table);
  }

 private:
  ValueId embedded(ValueId tokens, ValueId table, int64_t length) {
    const BuilderScope labelled = build_.labelled("embedding");
    const ValueId positions = parameters_.weight("wpe", {length, config_.width}, kDeviation);
    return drop(add(build_, embedding(build_, table, tokens, config_.dtype), positions));
  }

  ValueId head(ValueId x, ValueId table) {
    const BuilderScope labelled = build_.labelled("head");
    x = norm(x, "ln_f");
    const ValueId weight =
        config_.tied ? table : parameters_.weight("lm_head", {config_.vocabulary, config_.width}, kDeviation);
    return linear(build_, x, weight, true);
  }

  ValueId block(ValueId x, int64_t layer) {
    const std::string prefix = fmt::format("h.{}.", layer);
    return perceiving(attending(x, prefix), prefix);
  }

  ValueId attending(ValueId x, const std::string& prefix) {
    const BuilderScope labelled = build_.labelled(prefix + "attn");
    return add(build_, x, drop(attend(norm(x, prefix + "ln_1"), prefix + "attn.")));
  }

  ValueId perceiving(ValueId x, const std::string& prefix) {
    const BuilderScope labelled = build_.labelled(prefix + "mlp");
    return add(build_, x, drop(perceive(norm(x, prefix + "ln_2"), prefix + "mlp.")));
  }

  ValueId attend(ValueId x, const std::string& prefix) {
    const int64_t head = config_.width / config_.heads;
    const ValueId weight =
        parameters_.weight(prefix + "qkv.weight", {3, config_.heads, head, config_.width}, kDeviation);
    ValueId qkv = matmul(build_, x, weight, {.m = 2, .n = 3, .k = 1, .transpose_b = true});
    qkv = biased(qkv, prefix + "qkv.bias", {3, config_.heads, head});
    const ValueId mixed = attention(build_, qkv, true, 1.0 / std::sqrt(static_cast<double>(head)));
    const ValueId out = parameters_.weight(prefix + "proj.weight", {config_.width, config_.heads, head},
                                           residual_deviation());
    return biased(matmul(build_, mixed, out, {.m = 2, .n = 1, .k = 2, .transpose_b = true}),
                  prefix + "proj.bias", {config_.width});
  }

  ValueId perceive(ValueId x, const std::string& prefix) {
    const int64_t hidden = config_.mlp_ratio * config_.width;
    const ValueId up = parameters_.weight(prefix + "fc.weight", {hidden, config_.width}, kDeviation);
    const ValueId down =
        parameters_.weight(prefix + "proj.weight", {config_.width, hidden}, residual_deviation());
    const ValueId inner = biased(linear(build_, x, up, true), prefix + "fc.bias", {hidden});
    return biased(linear(build_, activate(inner), down, true), prefix + "proj.bias", {config_.width});
  }

  /// Projections into the residual stream start smaller, by the number of them (GPT-2, section 2.3).
  double residual_deviation() const {
    return kDeviation / std::sqrt(2.0 * static_cast<double>(config_.layers));
  }

  ValueId activate(ValueId x) {
    switch (config_.activation) {
      case GptConfig::Activation::gelu_tanh:
        return gelu(build_, x, GeluKind::tanh);
      case GptConfig::Activation::gelu_erf:
        return gelu(build_, x, GeluKind::erf);
      case GptConfig::Activation::relu:
        return relu(build_, x);
    }
    internal_error(__FILE__, __LINE__, "unknown activation");
  }

  ValueId norm(ValueId x, const std::string& name) {
    const Dims shape{config_.width};
    const ValueId gamma = parameters_.constant(name + ".weight", shape, 1);
    const ValueId beta = config_.bias ? parameters_.constant(name + ".bias", shape, 0)
                                      : fill(build_, {parameters_.dtype(), shape}, 0);
    return layer_norm(build_, x, gamma, beta);
  }

  ValueId biased(ValueId x, const std::string& name, Dims shape) {
    return config_.bias ? add(build_, x, parameters_.constant(name, std::move(shape), 0)) : x;
  }

  ValueId drop(ValueId x) {
    if (!training_ || config_.dropout == 0) return x;
    return dropout(build_, x, step_, config_.dropout, config_.seed, dropouts_++);
  }

  GraphBuilder& build_;
  ParameterSet& parameters_;
  const GptConfig& config_;
  ValueId step_;
  bool training_;
  uint64_t dropouts_ = 0;
};

}  // namespace

ValueId gpt_logits(GraphBuilder& build, ParameterSet& parameters, const GptConfig& config, ValueId tokens,
                   ValueId step, bool training) {
  if (config.heads < 1 || config.width % config.heads != 0) {
    user_error("model.width={} is not divisible by model.heads={}", config.width, config.heads);
  }
  return Gpt(build, parameters, config, step, training).logits(tokens);
}

}  // namespace weft
