#pragma once
#include "weft/models/model.h"

namespace weft {

/// What follows the first product of an MLP.
enum class MlpActivation : uint8_t { gelu_tanh, gelu_erf, relu };

template <>
struct EnumNames<MlpActivation> {
  static constexpr std::string_view kNames[] = {"gelu_tanh", "gelu_erf", "relu"};
};

/// A decoder-only transformer (GPT-2: Radford et al., 2019): logits [B, T, vocabulary] of tokens [B, T].
/// Parameters are [out…, in…]; the heads are a dimension of their own, so that a mesh axis may split them.
struct Gpt final : KindOf<Gpt, Model> {
  static constexpr std::string_view kName = "gpt";
  static constexpr std::string_view kMeaning = "a decoder-only transformer (GPT-2: Radford et al., 2019).";
  int64_t layers = 0;
  int64_t heads = 0;
  int64_t width = 0;
  int64_t vocabulary = 0;
  int64_t mlp_ratio = 4;
  bool bias = true;
  MlpActivation activation = MlpActivation::gelu_tanh;
  bool tied = true;
  double attention_dropout = 0;

  template <class Visitor, class Self>
  static void visit(Visitor& key, Self& self) {
    key.required("layers", self.layers, between(1, 1000), "transformer blocks");
    key.required("heads", self.heads, at_least(1), "attention heads; divides `width`");
    key.required("width", self.width, at_least(1), "features of a token");
    key("vocabulary", self.vocabulary, at_least(0),
        "rows of the token embedding; 0: the tokenizer's size (a larger number pads it)");
    key("mlp_ratio", self.mlp_ratio, at_least(1), "hidden features of the MLP, as a multiple of `width`");
    key("bias", self.bias, "whether linear layers and layer norms have a bias");
    key("activation", self.activation, "of the MLP");
    key("tied", self.tied, "whether the output layer shares the token embedding's weights");
    key("attention_dropout", self.attention_dropout, from_zero_below_one(),
        "share of the attention's weights that is dropped while training; `dropout` is of the rest");
  }

  InputForm takes() const override { return {.ids = true}; }
  int64_t ids() const override { return vocabulary; }
  ValueId predict(const ModelContext& context, ValueId tokens) const override;
  bool generates() const override { return true; }
  ValueId prompt(const ModelContext& context, ValueId tokens, ValueId last) const override;
  ValueId follow(const ModelContext& context, ValueId token, ValueId position) const override;
  ForeignWeights huggingface(const ShapeOf& shape) const override;

 protected:
  Complaint check_keys(const Recipe& recipe) const override;
};

}  // namespace weft
