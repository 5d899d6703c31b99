#include "weft/tasks/training_graph.h"

#include <fmt/format.h>

#include "weft/datasets/batch_mixing.h"
#include "weft/datasets/data_kind.h"
#include "weft/models/model.h"
#include "weft/ops/gradient/gradients.h"
#include "weft/ops/reduce/count.h"
#include "weft/optimizers/update_graph.h"
#include "weft/tasks/task.h"

namespace weft {

namespace {

class TrainingGraph {
 public:
  TrainingGraph(const Recipe& recipe, const DataFacts& facts)
      : recipe_(recipe),
        facts_(facts),
        task_(task_of(recipe, facts)),
        loss_(loss_of(recipe, task_, facts)),
        parameters_(build_, parameter_dtype(recipe)) {}

  Graph build_evaluation() {
    evaluate();
    return std::move(build_).build();
  }

  Graph build() {
    train();
    evaluate();
    return std::move(build_).build();
  }

 private:
  /// An input of the graph: ids, or numbers of the dtype `floating`.
  ValueId batch_of(const SampleTensor& tensor, DType floating) {
    Dims shape = tensor.shape;
    shape.insert(shape.begin(), recipe_.microbatch_rows());
    std::vector<std::string> axes = tensor.axes;
    axes.insert(axes.begin(), "batch");
    return build_.input(tensor.name, {tensor.has_ids() ? DType::i32 : floating, std::move(shape)}, axes);
  }
  ValueId samples() { return batch_of(facts_.input, recipe_.run.precision); }
  ValueId targets() { return batch_of(facts_.target, parameters_.dtype()); }

  /// The mean over `count` targets; with 1, the sum. Those that do not count add nothing.
  ValueId loss(ValueId out, ValueId target, int64_t count) {
    const BuilderScope labelled = build_.labelled("loss");
    return loss_.of(build_, out, target, count);
  }

  ValueId predictions(ValueId input, bool training) {
    ModelContext context = context_for(recipe_, build_, parameters_, facts_, training);
    if (training && facts_.has_gaps) {
      context.rows = build_.input(std::string(kRowsInput), {parameters_.dtype(), {recipe_.microbatch_rows()}},
                                  {"batch"});
    }
    return recipe_.model.kind->predict(context, input);
  }

  ValueId training_loss(int64_t count) {
    const BatchMixing* mixing = recipe_.data.kind->mixing();
    if (mixing == nullptr) return loss(predictions(samples(), true), targets(), count);
    const ValueId out = predictions(mixing->input(build_, samples(), parameters_.dtype()), true);
    const auto loss_of_one = [&](ValueId one) { return loss(one, targets(), count); };
    return mixing->loss(build_, out, loss_of_one, parameters_.dtype());
  }

  /// How many targets of the batch count: i64.
  ValueId targets_that_count(ValueId target) {
    return count(build_, {target}, facts_.target.has_ids() ? "n0 >= 0" : "x0 == x0");
  }

  void train() {
    const int64_t whole = targets_of_step(recipe_, facts_);
    const ValueId mean = training_loss(whole);
    build_.output("loss", mean);
    std::vector<ValueId> values;
    for (const Parameter& parameter : parameters_.parameters()) values.push_back(parameter.value);
    const auto gradient = gradients(build_, mean, values);
    const OptimizerSection& optimizer = recipe_.optimizer;
    UpdateOptions options{optimizer.weight_decay, optimizer.clip, optimizer.accumulate, {}};
    if (facts_.has_gaps) options.targets = CountedTargets{targets_that_count(targets()), whole};
    append_update(build_, *optimizer.kind, options, parameters_, gradient);
  }

  void evaluate() {
    const BuilderScope scope = build_.in(build_.segment({"evaluate", Cadence::on_call()}));
    const ValueId out = predictions(samples(), false);
    const ValueId target = targets();
    build_.output("loss_sum", loss(out, target, 1));
    build_.output("targets", targets_that_count(target));
    for (const Metric* metric : metrics_of(recipe_, task_, facts_)) {
      for (const Metric::Sum& sum : metric->sums(build_, out, target)) {
        build_.output(metric_output(metric->name(), sum.name), sum.value);
      }
    }
  }

  const Recipe& recipe_;
  const DataFacts& facts_;
  const Task& task_;
  const Loss& loss_;
  GraphBuilder build_;
  ParameterSet parameters_;
};

}  // namespace

DType parameter_dtype(const Recipe& recipe) {
  return recipe.run.precision == DType::f64 ? DType::f64 : DType::f32;
}

int64_t targets_of_step(const Recipe& recipe, const DataFacts& facts) {
  return recipe.data.batch * elems_of(facts.target.shape);
}

std::string metric_output(std::string_view metric, std::string_view sum) {
  return fmt::format("{}.{}", metric, sum);
}

std::vector<std::string> batch_inputs(const DataFacts& facts) {
  return {facts.input.name, facts.target.name};
}

Graph build_training_graph(const Recipe& recipe, const DataFacts& facts) {
  return TrainingGraph(recipe, facts).build();
}

Graph build_evaluation_graph(const Recipe& recipe, const DataFacts& facts) {
  return TrainingGraph(recipe, facts).build_evaluation();
}

}  // namespace weft
