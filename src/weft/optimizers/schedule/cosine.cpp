#include "weft/optimizers/schedule/cosine.h"

#include <fmt/format.h>

#include <cmath>
#include <numbers>

namespace weft {

double CosineSchedule::rate(double peak, const Place& place) const {
  if (place.step >= place.total) return least;
  const double done =
      static_cast<double>(place.step - place.warmup) / static_cast<double>(place.total - place.warmup);
  const double weight = 0.5 * (1.0 + std::cos(std::numbers::pi * done));
  return least + weight * (peak - least);
}

Complaint CosineSchedule::check(const Recipe& recipe) const {
  if (least <= recipe.optimizer.learning_rate) return std::nullopt;
  return RecipeComplaint{"optimizer.min_learning_rate",
                         fmt::format("optimizer.min_learning_rate = {} is above optimizer.learning_rate = {}",
                                     least, recipe.optimizer.learning_rate)};
}

void register_cosine(KindsOf<Schedule>& kinds) { kinds.add<CosineSchedule>(); }

}  // namespace weft
