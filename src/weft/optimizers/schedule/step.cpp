#include "weft/optimizers/schedule/step.h"

#include <algorithm>
#include <cmath>
#include <functional>

namespace weft {

double StepSchedule::rate(double peak, const Place& place) const {
  const auto passed =
      std::ranges::count_if(milestones, [&](int64_t milestone) { return milestone <= place.step; });
  return peak * std::pow(gamma, static_cast<double>(passed));
}

Complaint StepSchedule::check(const Recipe& /*recipe*/) const {
  if (std::is_sorted(milestones.begin(), milestones.end(), std::less_equal<>())) return std::nullopt;
  return RecipeComplaint{"optimizer.milestones", "optimizer.milestones do not ascend"};
}

void register_step(KindsOf<Schedule>& kinds) { kinds.add<StepSchedule>(); }

}  // namespace weft
