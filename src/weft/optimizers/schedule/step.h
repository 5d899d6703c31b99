#pragma once
#include "weft/optimizers/schedule.h"

namespace weft {

/// Multiplied by gamma once for every milestone m <= step.
struct StepSchedule final : KindOf<StepSchedule, Schedule> {
  static constexpr std::string_view kName = "step";
  static constexpr std::string_view kMeaning = "falls by a factor at given steps.";
  std::vector<int64_t> milestones;
  double gamma = 0.1;

  template <class Visitor, class Self>
  static void visit(Visitor& key, Self& self) {
    key.required("milestones", self.milestones, at_least(1),
                 "ascending steps at which the learning rate is multiplied by `gamma`");
    key("gamma", self.gamma, above_zero(), "factor at each milestone");
  }
  double rate(double peak, const Place& place) const override;
  Complaint check(const Recipe& recipe) const override;
};

}  // namespace weft
