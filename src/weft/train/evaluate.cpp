#include "weft/train/evaluate.h"

#include <algorithm>
#include <cmath>

#include "weft/base/check.h"

namespace weft {

namespace {

double element(const View& view, int64_t at) {
  switch (view.type.dtype) {
    case DType::f64:
      return view.as<double>()[at];
    case DType::f32:
      return static_cast<double>(view.as<float>()[at]);
    case DType::bf16:
      return static_cast<double>(static_cast<float>(view.as<BFloat16>()[at]));
    case DType::i64:
    case DType::i32:
    case DType::u8:
    case DType::bit:
      break;
  }
  internal_error(__FILE__, __LINE__, "logits of type {}", name_of(view.type.dtype));
}

int64_t count_correct(const View& logits, const View& labels) {
  const int64_t classes = logits.type.shape.back();
  int64_t correct = 0;
  for (int64_t row = 0; row < labels.elems(); ++row) {
    const int32_t label = labels.as<int32_t>()[row];
    if (label < 0) continue;
    int64_t best = 0;
    const int64_t first = row * classes;
    for (int64_t c = 1; c < classes; ++c) {
      if (element(logits, first + c) > element(logits, first + best)) best = c;
    }
    correct += best == label ? 1 : 0;
  }
  return correct;
}

/// Targets that count: of rows that have a sample, which could be read.
int64_t count_targets(const View& targets) {
  int64_t count = 0;
  for (int64_t i = 0; i < targets.elems(); ++i) {
    count +=
        targets.type.dtype == DType::i32 ? targets.as<int32_t>()[i] >= 0 : !std::isnan(element(targets, i));
  }
  return count;
}

}  // namespace

Evaluation evaluate(Session& session, int64_t batches) {
  return evaluate(session.executor(), session.recipe(), session.data(), batches);
}

Evaluation evaluate(Executor& executor, const Recipe& recipe, const TrainingData& data, int64_t batches) {
  const std::vector<std::string> inputs = batch_inputs(recipe);
  const SegmentId segment = executor.program().at("evaluate");
  const int64_t count = batches > 0 ? std::min(batches, data.validation_batches) : data.validation_batches;
  const bool classifies = data.facts.classes > 0;
  Evaluation result;
  double loss = 0;
  int64_t correct = 0;
  executor.refresh();
  for (int64_t batch = 0; batch < count; ++batch) {
    feed(executor, inputs, *data.validation, batch);
    executor.run(segment);
    loss += executor.scalar(segment, "loss_sum");
    const View targets = executor.output(segment, "targets");
    result.rows += count_targets(targets);
    if (classifies) correct += count_correct(executor.output(segment, "logits"), targets);
  }
  result.loss = loss / static_cast<double>(std::max<int64_t>(1, result.rows));
  if (classifies) {
    result.accuracy = static_cast<double>(correct) / static_cast<double>(std::max<int64_t>(1, result.rows));
  }
  return result;
}

}  // namespace weft
