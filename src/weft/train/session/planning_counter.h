#pragma once
#include <functional>

#include "weft/report/counter.h"

namespace weft {

/// A line on stderr that says how far planning is, where that takes more than two seconds: models of very
/// many layers.
class PlanningCounter {
 public:
  /// For PlanOptions::progress; this must outlive it.
  std::function<void(int64_t, int64_t)> progress() {
    return [this](int64_t stage, int64_t stages) { counter_.show(stage, stages); };
  }

 private:
  static constexpr double kPatienceSeconds = 2;
  Counter counter_{"planning: stage", kPatienceSeconds};
};

}  // namespace weft
