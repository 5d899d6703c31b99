#include "weft/train/evaluate.h"

#include <algorithm>

namespace weft {

Evaluation evaluate(Session& session, int64_t batches) {
  return evaluate(session.executor(), session.recipe(), session.data(), batches);
}

Evaluation evaluate(Executor& executor, const Recipe& recipe, const TrainingData& data, int64_t batches) {
  const std::vector<std::string> inputs = batch_inputs(recipe);
  const SegmentId segment = executor.program().at("evaluate");
  const int64_t count = batches > 0 ? std::min(batches, data.validation_batches) : data.validation_batches;
  const bool classifies = data.facts.classes > 0;
  Evaluation result;
  double loss = 0, rows = 0, correct = 0;
  executor.refresh();
  for (int64_t batch = 0; batch < count; ++batch) {
    feed(executor, inputs, *data.validation, batch);
    executor.run(segment);
    loss += executor.scalar(segment, "loss_sum");
    rows += executor.scalar(segment, "rows");
    if (classifies) correct += executor.scalar(segment, "correct");
  }
  result.rows = static_cast<int64_t>(rows);
  result.loss = loss / std::max(1.0, rows);
  if (classifies) result.accuracy = correct / std::max(1.0, rows);
  return result;
}

}  // namespace weft
