#pragma once
#include "weft/optimizers/schedule.h"

namespace weft {

/// Half a cosine from the peak, at the warmup's end, to min_learning_rate, which it reaches with the last
/// step and keeps beyond (Loshchilov and Hutter, "SGDR", 2017, without restarts).
struct CosineSchedule final : KindOf<CosineSchedule, Schedule> {
  static constexpr std::string_view kName = "cosine";
  static constexpr std::string_view kMeaning = "falls along half a cosine, to the end of the run.";
  double least = 0;

  template <class Visitor, class Self>
  static void visit(Visitor& key, Self& self) {
    key("min_learning_rate", self.least, from_zero(), "where the half cosine ends, with the last step");
  }
  double rate(double peak, const Place& place) const override;
  Complaint check(const Recipe& recipe) const override;
};

}  // namespace weft
