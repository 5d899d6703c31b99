#include "weft/optimizers/schedule.h"

#include "weft/base/check.h"

namespace weft {

const KindsOf<Schedule>& Schedule::kinds() {
  static const auto kKinds = KindsOf<Schedule>::from(register_all_schedules);
  return kKinds;
}

double learning_rate_at(const OptimizerSection& optimizer, int64_t step, int64_t total_steps) {
  WEFT_CHECK(step >= 0, "the learning rate of step {} was asked for", step);
  if (step < optimizer.warmup) {
    return optimizer.learning_rate * static_cast<double>(step + 1) /
           static_cast<double>(optimizer.warmup + 1);
  }
  return optimizer.schedule->rate(optimizer.learning_rate, {step, optimizer.warmup, total_steps});
}

}  // namespace weft
