#pragma once
#include "weft/optimizers/schedule.h"

namespace weft {

/// The learning rate stays.
struct ConstantSchedule final : KindOf<ConstantSchedule, Schedule> {
  static constexpr std::string_view kName = "constant";
  static constexpr std::string_view kMeaning = "stays at the peak.";
  double rate(double peak, const Place& /*place*/) const override { return peak; }
};

}  // namespace weft
