#include "weft/optimizers/schedule.h"

#include <algorithm>

#include "weft/base/check.h"

namespace weft {

const KindsOf<Schedule>& Schedule::kinds() {
  static const auto kKinds = KindsOf<Schedule>::from(register_all_schedules);
  return kKinds;
}

int64_t warmup_of(const OptimizerSection& optimizer, int64_t total_steps) {
  return std::min(optimizer.warmup, total_steps);
}

double learning_rate_at(const OptimizerSection& optimizer, int64_t step, int64_t total_steps) {
  WEFT_CHECK(step >= 0, "the learning rate of step {} was asked for", step);
  const int64_t warmup = warmup_of(optimizer, total_steps);
  if (step < warmup) {
    return optimizer.learning_rate * static_cast<double>(step + 1) / static_cast<double>(warmup + 1);
  }
  return optimizer.schedule->rate(optimizer.learning_rate, {step, warmup, total_steps});
}

}  // namespace weft
