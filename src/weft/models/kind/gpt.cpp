#include "weft/models/kind/gpt.h"

#include <fmt/format.h>

#include <cmath>

#include "weft/base/check.h"
#include "weft/ops/linear/attention.h"
#include "weft/ops/linear/cached_attention.h"
#include "weft/ops/linear/matmul.h"
#include "weft/ops/norm/layer_norm.h"
#include "weft/ops/pointwise/add.h"
#include "weft/ops/pointwise/fill.h"
#include "weft/ops/pointwise/gelu.h"
#include "weft/ops/pointwise/pointwise.h"
#include "weft/ops/pointwise/relu.h"
#include "weft/ops/shape/embedding.h"
#include "weft/ops/shape/gather.h"
#include "weft/ops/shape/tensor_scatter.h"

namespace weft {

namespace {

constexpr double kDeviation = 0.02;  // GPT-2's

class GptGraph {
 public:
  GptGraph(const Gpt& keys, const ModelContext& context)
      : keys_(keys),
        context_(context),
        build_(context.build),
        parameters_(context.parameters),
        vocabulary_(keys.vocabulary > 0 ? keys.vocabulary : context.facts.input.below) {}

  /// Of all tokens.
  ValueId logits(ValueId tokens) { return head(last_block(tokens)); }

  /// After token `last`; keys and values are kept from row 0 on.
  ValueId prompt(ValueId tokens, ValueId last) {
    kept_at_ = fill(build_, {DType::i64, {}}, 0);
    return head(gather(build_, last_block(tokens), 1, last));
  }

  /// After the one token at `position`, which looks at what is kept.
  ValueId follow(ValueId token, ValueId position) {
    kept_at_ = position;
    follows_ = true;
    return head(gather(build_, last_block(token), 1, 0));
  }

 private:
  ValueId table() { return parameters_.weight("wte", {vocabulary_, keys_.width}, kDeviation); }

  ValueId last_block(ValueId tokens) {
    ValueId x = embedded(tokens);
    for (int64_t layer = 0; layer < keys_.layers; ++layer) x = block(x, layer);
    return x;
  }

  ValueId embedded(ValueId tokens) {
    const BuilderScope labelled = build_.labelled("embedding");
    const ValueId known = table();
    return drop(add(build_, embedding(build_, known, tokens, context_.dtype), positions(tokens)));
  }

  /// The embeddings of the places where `tokens` stand: all, the first, or one.
  ValueId positions(ValueId tokens) {
    const ValueId all = parameters_.weight("wpe", {context_length(), keys_.width}, kDeviation);
    if (follows_) return gather(build_, all, 0, *kept_at_);
    if (build_.type(tokens).shape[1] == context_length()) return all;
    return embedding(build_, all, pointwise(build_, {tokens}, "index[1]", DType::i32), context_.dtype);
  }

  int64_t context_length() const { return context_.facts.input.shape[0]; }

  ValueId head(ValueId x) {
    const BuilderScope labelled = build_.labelled("head");
    x = norm(x, "ln_f");
    const ValueId weight =
        keys_.tied ? table() : parameters_.weight("lm_head", {vocabulary_, keys_.width}, kDeviation);
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
    const int64_t head = keys_.width / keys_.heads;
    const ValueId weight =
        parameters_.weight(prefix + "qkv.weight", {3, keys_.heads, head, keys_.width}, kDeviation);
    ValueId qkv = matmul(build_, x, weight, {.m = 2, .n = 3, .k = 1, .transpose_b = true});
    qkv = biased(qkv, prefix + "qkv.bias", {3, keys_.heads, head});
    const ValueId mixed = mix(qkv, prefix, 1.0 / std::sqrt(static_cast<double>(head)));
    const ValueId out =
        parameters_.weight(prefix + "proj.weight", {keys_.width, keys_.heads, head}, residual_deviation());
    return biased(matmul(build_, mixed, out, {.m = 2, .n = 1, .k = 2, .transpose_b = true}),
                  prefix + "proj.bias", {keys_.width});
  }

  ValueId mix(ValueId qkv, const std::string& prefix, double scale) {
    if (!kept_at_) return attention(build_, qkv, attention_options(scale));
    const ValueId keys = kept(prefix + "keys", gather(build_, qkv, 2, 1));
    const ValueId values = kept(prefix + "values", gather(build_, qkv, 2, 2));
    if (!follows_) return attention(build_, qkv, attention_options(scale));
    return cached_attention(build_, gather(build_, qkv, 2, 0), keys, values, *kept_at_, scale);
  }

  AttentionOptions attention_options(double scale) {
    AttentionOptions options{.causal = true, .scale = scale};
    if (!context_.training || keys_.attention_dropout == 0) return options;
    options.dropout = keys_.attention_dropout;
    options.seed = context_.seed;
    options.stream = dropouts_++;
    options.step = context_.step;
    return options;
  }

  /// The cache with these rows in it. It is the Program's own: two that generate have a sequence each.
  ValueId kept(const std::string& name, ValueId rows) {
    TensorType type = build_.type(rows);
    type.shape[1] = context_length();
    const ValueId cache = build_.state(name, type, {}, kPrivate);
    const ValueId next = tensor_scatter(build_, cache, rows, *kept_at_);
    build_.update(cache, next);
    return next;
  }

  ValueId perceive(ValueId x, const std::string& prefix) {
    const int64_t hidden = keys_.mlp_ratio * keys_.width;
    const ValueId up = parameters_.weight(prefix + "fc.weight", {hidden, keys_.width}, kDeviation);
    const ValueId down =
        parameters_.weight(prefix + "proj.weight", {keys_.width, hidden}, residual_deviation());
    const ValueId inner = biased(linear(build_, x, up, true), prefix + "fc.bias", {hidden});
    return biased(linear(build_, activate(inner), down, true), prefix + "proj.bias", {keys_.width});
  }

  /// Projections into the residual stream start smaller, by the number of them (GPT-2, section 2.3).
  double residual_deviation() const {
    return kDeviation / std::sqrt(2.0 * static_cast<double>(keys_.layers));
  }

  ValueId activate(ValueId x) {
    switch (keys_.activation) {
      case MlpActivation::gelu_tanh:
        return gelu(build_, x, GeluKind::tanh);
      case MlpActivation::gelu_erf:
        return gelu(build_, x, GeluKind::erf);
      case MlpActivation::relu:
        return relu(build_, x);
    }
    internal_error(__FILE__, __LINE__, "unknown activation");
  }

  ValueId norm(ValueId x, const std::string& name) {
    const Dims shape{keys_.width};
    const ValueId gamma = parameters_.constant(name + ".weight", shape, 1);
    const ValueId beta = keys_.bias ? parameters_.constant(name + ".bias", shape, 0)
                                    : fill(build_, {parameters_.dtype(), shape}, 0);
    return layer_norm(build_, x, gamma, beta);
  }

  ValueId biased(ValueId x, const std::string& name, Dims shape) {
    return keys_.bias ? add(build_, x, parameters_.constant(name, std::move(shape), 0)) : x;
  }

  ValueId drop(ValueId x) { return dropped(context_, x, dropouts_++); }

  const Gpt& keys_;
  const ModelContext& context_;
  GraphBuilder& build_;
  ParameterSet& parameters_;
  int64_t vocabulary_;
  uint64_t dropouts_ = 0;
  std::optional<ValueId> kept_at_;  ///< generation: the row of the caches where the first of the tokens goes
  bool follows_ = false;            ///< and whether it is one token that looks at those before it
};

/// What transformers call an activation.
std::string_view foreign_name(MlpActivation activation) {
  switch (activation) {
    case MlpActivation::gelu_tanh:
      return "gelu_new";
    case MlpActivation::gelu_erf:
      return "gelu";
    case MlpActivation::relu:
      return "relu";
  }
  internal_error(__FILE__, __LINE__, "unknown activation");
}

void add_block(std::vector<ForeignTensor>& tensors, int64_t layer, int64_t width, int64_t hidden) {
  const std::string ours = fmt::format("h.{}.", layer);
  const std::string theirs = "transformer." + ours;
  for (const char* norm : {"ln_1", "ln_2"}) {
    tensors.push_back({ours + norm + ".weight", theirs + norm + ".weight", {width}});
    tensors.push_back({ours + norm + ".bias", theirs + norm + ".bias", {width}});
  }
  const auto product = [&](const char* mine, const char* other, int64_t in, int64_t out) {
    tensors.push_back({ours + mine + ".weight", theirs + other + ".weight", {in, out}, true});
    tensors.push_back({ours + mine + ".bias", theirs + other + ".bias", {out}});
  };
  product("attn.qkv", "attn.c_attn", width, 3 * width);
  product("attn.proj", "attn.c_proj", width, width);
  product("mlp.fc", "mlp.c_fc", width, hidden);
  product("mlp.proj", "mlp.c_proj", hidden, width);
}

/// GPT-2's configuration, with the defaults that transformers has for it.
std::vector<ForeignField> foreign_fields(const Gpt& gpt, int64_t rows, int64_t positions) {
  const auto number = [](int64_t value) { return std::to_string(value); };
  const std::string hidden = number(gpt.mlp_ratio * gpt.width);
  const std::string activation = fmt::format("\"{}\"", foreign_name(gpt.activation));
  std::vector<ForeignField> fields{
      {"model_type", {"\"gpt2\""}, "\"gpt2\""},
      {"n_layer", {number(gpt.layers)}, "12", "model.layers"},
      {"n_head", {number(gpt.heads)}, "12", "model.heads"},
      {"n_embd", {number(gpt.width)}, "768", "model.width"},
      {"n_inner", {hidden}, "null"},
      {"n_positions", {number(positions)}, "1024", "data.context"},
      {"vocab_size", {number(rows)}, "50257", "model.vocabulary"},
      {"activation_function", {activation}, "\"gelu_new\""},
      {"layer_norm_epsilon", {"1e-5"}, "1e-5"},
      {"scale_attn_weights", {"true"}, "true"},
      {"scale_attn_by_inverse_layer_idx", {"false"}, "false"},
      {"add_cross_attention", {"false"}, "false"},
      {"tie_word_embeddings", {gpt.tied ? "true" : "false"}, "true", "model.tied"},
  };
  if (gpt.mlp_ratio == 4) fields[4].same.emplace_back("null");
  if (gpt.activation == MlpActivation::gelu_tanh) fields[7].same.emplace_back("\"gelu_pytorch_tanh\"");
  return fields;
}

}  // namespace

Complaint Gpt::check_keys(const Recipe& /*recipe*/) const {
  if (width % heads == 0) return std::nullopt;
  return RecipeComplaint{"model.width",
                         fmt::format("model.width = {} is not a multiple of model.heads = {}", width, heads)};
}

ValueId Gpt::predict(const ModelContext& context, ValueId tokens) const {
  const int64_t known = context.facts.input.below;
  if (vocabulary > 0 && vocabulary < known) {
    user_error("model.vocabulary={}: the tokenizer has {} tokens", vocabulary, known);
  }
  return GptGraph(*this, context).logits(tokens);
}

ValueId Gpt::prompt(const ModelContext& context, ValueId tokens, ValueId last) const {
  return GptGraph(*this, context).prompt(tokens, last);
}

ValueId Gpt::follow(const ModelContext& context, ValueId token, ValueId position) const {
  return GptGraph(*this, context).follow(token, position);
}

ForeignWeights Gpt::huggingface(const ShapeOf& shape) const {
  const int64_t rows = shape("wte")[0];
  const int64_t positions = shape("wpe")[0];
  ForeignWeights made;
  made.prefix = "transformer.";
  made.tensors = {{"wte", "transformer.wte.weight", {rows, width}},
                  {"wpe", "transformer.wpe.weight", {positions, width}},
                  {"ln_f.weight", "transformer.ln_f.weight", {width}},
                  {"ln_f.bias", "transformer.ln_f.bias", {width}}};
  if (tied) made.copies = {{"lm_head.weight", "transformer.wte.weight"}};
  if (!tied) made.tensors.push_back({"lm_head", "lm_head.weight", {rows, width}});
  for (int64_t layer = 0; layer < layers; ++layer) add_block(made.tensors, layer, width, mlp_ratio * width);
  for (ForeignTensor& tensor : made.tensors) tensor.is_zero = !bias && tensor.ours.ends_with(".bias");
  made.fields = foreign_fields(*this, rows, positions);
  made.also_written = {
      {"architectures", "[\"GPT2LMHeadModel\"]"}, {"bos_token_id", "null"}, {"eos_token_id", "null"}};
  // Dropout is the recipe's, and what text is made of tokens the tokenizer's.
  made.irrelevant_fields = {"architectures",
                            "transformers_version",
                            "torch_dtype",
                            "dtype",
                            "_*",
                            "attn_pdrop",
                            "embd_pdrop",
                            "resid_pdrop",
                            "initializer_range",
                            "summary_*",
                            "task_specific_params",
                            "use_cache",
                            "*_token_id",
                            "n_ctx",
                            "id2label",
                            "label2id",
                            "gradient_checkpointing",
                            "reorder_and_upcast_attn",
                            "output_past",
                            "tokenizer_class"};
  made.irrelevant_tensors = {".attn.bias", ".attn.masked_bias"};  // the causal mask
  return made;
}

void register_gpt(KindsOf<Model>& kinds) { kinds.add<Gpt>(); }

}  // namespace weft
