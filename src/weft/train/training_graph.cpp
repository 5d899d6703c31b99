#include "weft/train/training_graph.h"

#include "weft/base/check.h"
#include "weft/models/gpt.h"
#include "weft/models/resnet.h"
#include "weft/ops/cross_entropy.h"
#include "weft/ops/gradients.h"
#include "weft/params/optimizer_graph.h"

namespace weft {

namespace {

GptConfig::Activation activation_of(GptKeys::Activation activation) {
  switch (activation) {
    case GptKeys::Activation::gelu_tanh:
      return GptConfig::Activation::gelu_tanh;
    case GptKeys::Activation::gelu_erf:
      return GptConfig::Activation::gelu_erf;
    case GptKeys::Activation::relu:
      return GptConfig::Activation::relu;
  }
  internal_error(__FILE__, __LINE__, "unknown activation");
}

GptConfig gpt_config(const Recipe& recipe, const DataFacts& facts) {
  const GptKeys& keys = recipe.model.gpt;
  GptConfig config;
  config.layers = keys.layers;
  config.heads = keys.heads;
  config.width = keys.width;
  config.context = recipe.data.text.context;
  config.vocabulary = keys.vocabulary > 0 ? keys.vocabulary : facts.vocabulary;
  config.mlp_ratio = keys.mlp_ratio;
  config.bias = keys.bias;
  config.tied = keys.tied;
  config.activation = activation_of(keys.activation);
  config.dropout = recipe.model.dropout;
  config.dtype = recipe.run.precision;
  config.seed = static_cast<uint64_t>(recipe.run.seed);
  if (config.vocabulary < facts.vocabulary) {
    user_error("model.vocabulary={}: the tokenizer has {} tokens", config.vocabulary, facts.vocabulary);
  }
  return config;
}

ResnetConfig resnet_config(const Recipe& recipe, const DataFacts& facts) {
  const ResnetKeys& keys = recipe.model.resnet;
  ResnetConfig config;
  config.depth = keys.depth;
  config.width = keys.width;
  config.classes = keys.classes > 0 ? keys.classes : facts.classes;
  config.dropout = recipe.model.dropout;
  config.seed = static_cast<uint64_t>(recipe.run.seed);
  if (config.classes < facts.classes) {
    user_error("model.classes={}: the data have {} classes", config.classes, facts.classes);
  }
  return config;
}

OptimizerConfig optimizer_config(const OptimizerSection& section) {
  OptimizerConfig config;
  config.kind =
      section.kind == OptimizerSection::Kind::sgd ? OptimizerConfig::Kind::sgd : OptimizerConfig::Kind::adamw;
  config.weight_decay = section.weight_decay;
  config.momentum = section.momentum;
  config.beta1 = section.betas[0];
  config.beta2 = section.betas[1];
  config.epsilon = section.epsilon;
  config.clip = section.clip;
  config.accumulate = section.accumulate;
  return config;
}

class TrainingGraph {
 public:
  TrainingGraph(const Recipe& recipe, const DataFacts& facts)
      : recipe_(recipe),
        facts_(facts),
        rows_(recipe.data.batch / recipe.optimizer.accumulate),
        parameters_(build_, parameter_dtype(recipe)) {}

  Graph build() {
    train();
    evaluate();
    if (recipe_.model.kind == ModelSection::Kind::gpt) generate();
    return std::move(build_).build();
  }

 private:
  bool text() const { return recipe_.model.kind == ModelSection::Kind::gpt; }
  int64_t context() const { return recipe_.data.text.context; }

  ValueId samples() {
    if (text()) return build_.input("tokens", {DType::i32, {rows_, context()}}, {"batch", "sequence"});
    return build_.input("pixels",
                        {recipe_.run.precision, {rows_, facts_.height, facts_.width, facts_.channels}},
                        {"batch", "height", "width", "channel"});
  }

  ValueId targets() {
    if (text()) return build_.input("targets", {DType::i32, {rows_, context()}}, {"batch", "sequence"});
    return build_.input("labels", {DType::i32, {rows_}}, {"batch"});
  }

  ValueId logits(ValueId input, bool training) {
    const ValueId step = build_.input("step", {DType::i64, {}}, {});
    switch (recipe_.model.kind) {
      case ModelSection::Kind::gpt:
        return gpt_logits(build_, parameters_, gpt_config(recipe_, facts_), input, step, training);
      case ModelSection::Kind::resnet:
        return resnet_logits(build_, parameters_, resnet_config(recipe_, facts_), input, step, training);
    }
    internal_error(__FILE__, __LINE__, "unknown model");
  }

  void train() {
    build_.phase = Phase::accumulate;
    const ValueId out = logits(samples(), true);
    build_.label = "loss";
    const int64_t rows = recipe_.data.batch * (text() ? context() : 1);
    const ValueId loss = cross_entropy(build_, out, targets(), rows);
    build_.output("loss", loss);
    std::vector<ValueId> values;
    for (const Parameter& parameter : parameters_.parameters()) values.push_back(parameter.value);
    const auto gradient = gradients(build_, loss, values);
    optimize(build_, optimizer_config(recipe_.optimizer), parameters_.dtype(), parameters_.parameters(),
             gradient);
  }

  void evaluate() {
    build_.phase = Phase::evaluate;
    const ValueId out = logits(samples(), false);
    build_.label = "loss";
    build_.output("loss_sum", cross_entropy(build_, out, targets(), 1));
    if (!text()) build_.output("logits", out);
  }

  void generate() {
    build_.phase = Phase::generate;
    const ValueId prompt = build_.input("prompt", {DType::i32, {1, context()}}, {"batch", "sequence"});
    build_.output("logits", logits(prompt, false));
  }

  const Recipe& recipe_;
  const DataFacts& facts_;
  int64_t rows_;
  GraphBuilder build_;
  ParameterSet parameters_;
};

}  // namespace

DType parameter_dtype(const Recipe& recipe) {
  return recipe.run.precision == DType::f64 ? DType::f64 : DType::f32;
}

std::vector<std::string> batch_inputs(const Recipe& recipe) {
  if (recipe.model.kind == ModelSection::Kind::gpt) return {"tokens", "targets"};
  return {"pixels", "labels"};
}

Graph build_training_graph(const Recipe& recipe, const DataFacts& facts) {
  return TrainingGraph(recipe, facts).build();
}

}  // namespace weft
