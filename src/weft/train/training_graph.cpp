#include "weft/train/training_graph.h"

#include "weft/base/check.h"
#include "weft/models/cosmoflow.h"
#include "weft/models/gpt.h"
#include "weft/models/resnet.h"
#include "weft/ops/add.h"
#include "weft/ops/arg_max.h"
#include "weft/ops/cast.h"
#include "weft/ops/count.h"
#include "weft/ops/cross_entropy.h"
#include "weft/ops/fill.h"
#include "weft/ops/gradients.h"
#include "weft/ops/mix_pairs.h"
#include "weft/ops/mse.h"
#include "weft/ops/multiply.h"
#include "weft/ops/scale.h"
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
  if (facts.classes == 0) user_error("model.kind: a resnet learns class ids, and data.target has none");
  if (facts.sample.size() != 3) {
    user_error("model.kind: a resnet takes images, and a sample of data.path is {}", to_string(facts.sample));
  }
  if (config.classes < facts.classes) {
    user_error("model.classes={}: the data have {} classes", config.classes, facts.classes);
  }
  return config;
}

CosmoflowConfig cosmoflow_config(const Recipe& recipe, const DataFacts& facts) {
  CosmoflowConfig config;
  config.stages = recipe.model.cosmoflow.stages;
  config.width = recipe.model.cosmoflow.width;
  config.dropout = recipe.model.dropout;
  config.seed = static_cast<uint64_t>(recipe.run.seed);
  if (facts.target.size() != 1) {
    user_error("model.kind: a cosmoflow learns a list of numbers, and data.target has {}",
               facts.classes > 0 ? std::string("class ids") : "the shape " + to_string(facts.target));
  }
  config.outputs = facts.target[0];
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

  Graph build_evaluation() {
    evaluate();
    return std::move(build_).build();
  }

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
    Dims shape = facts_.sample;
    shape.insert(shape.begin(), rows_);
    static const std::vector<std::string> kAxes{"depth", "height", "width", "channel"};
    std::vector<std::string> axes{"batch"};
    axes.insert(axes.end(), kAxes.end() - std::ssize(facts_.sample), kAxes.end());
    return build_.input(batch_inputs(recipe_)[0], {recipe_.run.precision, std::move(shape)}, axes);
  }

  ValueId targets() {
    if (text()) return build_.input("targets", {DType::i32, {rows_, context()}}, {"batch", "sequence"});
    if (facts_.target.empty()) return build_.input("labels", {DType::i32, {rows_}}, {"batch"});
    Dims shape = facts_.target;
    shape.insert(shape.begin(), rows_);
    std::vector<std::string> axes(shape.size(), "target");
    axes[0] = "batch";
    return build_.input("labels", {parameter_dtype(recipe_), std::move(shape)}, axes);
  }

  /// The mean over `count` targets; with 1, the sum. Those that do not count add nothing.
  ValueId loss(ValueId out, ValueId target, int64_t count) {
    const BuilderScope labelled = build_.labelled("loss");
    if (facts_.target.empty()) return cross_entropy(build_, out, target, count);
    return mse(build_, cast(build_, out, parameter_dtype(recipe_)), target, 1 / static_cast<double>(count));
  }

  ValueId predictions(ValueId input, bool training) {
    const ValueId step = build_.input("step", {DType::i64, {}}, {});
    switch (recipe_.model.kind) {
      case ModelSection::Kind::gpt:
        return gpt_logits(build_, parameters_, gpt_config(recipe_, facts_), input, step, training);
      case ModelSection::Kind::resnet:
        return resnet_logits(build_, parameters_, resnet_config(recipe_, facts_), input, step, training);
      case ModelSection::Kind::cosmoflow:
        return cosmoflow(build_, parameters_, cosmoflow_config(recipe_, facts_), input, step, training);
    }
    internal_error(__FILE__, __LINE__, "unknown model");
  }

  /// Of mixtures of neighbours: each is a part its own class and a part the other's.
  ValueId mixed_loss(int64_t count) {
    const TensorType scalar{parameter_dtype(recipe_), {}};
    const ValueId share = build_.input(kMixupShare, scalar, {});
    const ValueId out = predictions(mix_pairs(build_, samples(), share), true);
    const ValueId own = loss(out, targets(), count);
    const BuilderScope labelled = build_.labelled("loss");
    const ValueId exchanged = mix_pairs(build_, out, fill(build_, scalar, 0));
    const ValueId others = loss(exchanged, targets(), count);
    const ValueId rest = add(build_, fill(build_, scalar, 1), scale(build_, share, -1));
    return add(build_, multiply(build_, share, own), multiply(build_, rest, others));
  }

  void train() {
    const int64_t targets_a_row = text() ? context() : elems_of(facts_.target);
    const int64_t count = recipe_.data.batch * targets_a_row;
    const ValueId mean =
        mixes_neighbours(recipe_) ? mixed_loss(count) : loss(predictions(samples(), true), targets(), count);
    build_.output("loss", mean);
    std::vector<ValueId> values;
    for (const Parameter& parameter : parameters_.parameters()) values.push_back(parameter.value);
    const auto gradient = gradients(build_, mean, values);
    optimize(build_, optimizer_config(recipe_.optimizer), parameters_.dtype(), parameters_.parameters(),
             gradient);
  }

  void evaluate() {
    const BuilderScope scope = build_.in(build_.segment({"evaluate", Cadence::on_call()}));
    const ValueId out = predictions(samples(), false);
    const ValueId target = targets();
    build_.output("loss_sum", loss(out, target, 1));
    const bool classes = facts_.target.empty();
    build_.output("rows", count(build_, {target}, classes ? "n0 >= 0" : "x0 == x0"));
    if (!text() && classes)
      build_.output("correct", count(build_, {arg_max(build_, out), target}, "n0 == n1"));
  }

  void generate() {
    const BuilderScope scope = build_.in(build_.segment({"generate", Cadence::on_call()}));
    const ValueId prompt = build_.input("prompt", {DType::i32, {1, context()}}, {"batch", "sequence"});
    build_.output("logits", predictions(prompt, false));
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

Graph build_evaluation_graph(const Recipe& recipe, const DataFacts& facts) {
  return TrainingGraph(recipe, facts).build_evaluation();
}

}  // namespace weft
