#include "weft/train/step_record.h"

#include <fmt/format.h>

#include <limits>

#include "weft/base/memory.h"
#include "weft/train/load_metrics.h"

namespace weft {

void StepRecorder::begin() {
  began_ = std::chrono::steady_clock::now();
  sent_ = session_.executor().network_bytes();
}

StepRecord StepRecorder::finish(int64_t step, const StepOutcome& made, double learning_rate) {
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - began_;
  const Recipe& recipe = session_.recipe();
  const TrainingData& data = session_.data();
  StepRecord record;
  MetricsRow& row = record.row;
  row.step = step;
  row.loss = made.has_targets ? made.loss : std::numeric_limits<double>::quiet_NaN();
  row.learning_rate = learning_rate;
  row.step_ms = took.count();
  row.samples_per_s = static_cast<double>(recipe.data.batch) / (took.count() * 1e-3);
  if (data.tokenizer) row.tokens = step * recipe.data.batch * data.units_a_sample;
  row.time = std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
  row.more.emplace_back("gradient_norm", made.gradient_norm);
  if (made.is_whole && !made.updated()) row.more.emplace_back("update_left_out", 1);
  add_bytes(row);
  if (const std::optional<LoadStats> now = data.train->stats()) {
    add_loading(loaded_, *now, row);
    loaded_ = *now;
  }
  return record;
}

/// What MPI was handed in the step, in all and by group, and what of the process lies in memory.
void StepRecorder::add_bytes(MetricsRow& row) const {
  const Executor& executor = session_.executor();
  row.bytes.emplace_back("network", 0);
  for (const auto& [axes, handed] : executor.network_bytes()) {
    const int64_t now = handed - sent_.at(axes);
    row.bytes.front().second += now;
    row.bytes.emplace_back("network " + over_axes(executor.program().mesh, axes), now);
  }
  row.bytes.emplace_back("resident", resident_bytes_of_process());
}

}  // namespace weft
