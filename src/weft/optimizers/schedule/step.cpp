#include "weft/optimizers/schedule/step.h"

#include <fmt/format.h>

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
  const auto bad = std::ranges::adjacent_find(milestones, std::greater_equal<>());
  if (bad == milestones.end()) return std::nullopt;
  return RecipeComplaint{
      "optimizer.milestones",
      fmt::format("optimizer.milestones do not ascend: {} stands before {}", *bad, *(bad + 1))};
}

void register_step(KindsOf<Schedule>& kinds) { kinds.add<StepSchedule>(); }

}  // namespace weft
