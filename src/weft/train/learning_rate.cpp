#include "weft/train/learning_rate.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "weft/base/check.h"

namespace weft {
namespace {

double cosine(const OptimizerSection& optimizer, int64_t step, int64_t total_steps) {
  if (step >= total_steps) return optimizer.min_learning_rate;
  const double done =
      static_cast<double>(step - optimizer.warmup) / static_cast<double>(total_steps - optimizer.warmup);
  const double weight = 0.5 * (1.0 + std::cos(std::numbers::pi * done));
  return optimizer.min_learning_rate + weight * (optimizer.learning_rate - optimizer.min_learning_rate);
}

}  // namespace

double learning_rate_at(const OptimizerSection& optimizer, int64_t step, int64_t total_steps) {
  WEFT_CHECK(step >= 0, "the learning rate of step {} was asked for", step);
  if (step < optimizer.warmup) {
    return optimizer.learning_rate * static_cast<double>(step + 1) /
           static_cast<double>(optimizer.warmup + 1);
  }
  switch (optimizer.schedule) {
    case OptimizerSection::Schedule::constant:
      return optimizer.learning_rate;
    case OptimizerSection::Schedule::cosine:
      return cosine(optimizer, step, total_steps);
    case OptimizerSection::Schedule::step: {
      const auto passed = std::count_if(optimizer.milestones.begin(), optimizer.milestones.end(),
                                        [&](int64_t milestone) { return milestone <= step; });
      return optimizer.learning_rate * std::pow(optimizer.gamma, static_cast<double>(passed));
    }
  }
  WEFT_CHECK(false, "a schedule of number {}", static_cast<int>(optimizer.schedule));
}

}  // namespace weft
