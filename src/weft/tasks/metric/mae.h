#pragma once
#include "weft/tasks/metric.h"

namespace weft {

/// The mean of absolute differences, over all numbers of all targets.
struct MeanAbsoluteError final : KindOf<MeanAbsoluteError, Metric> {
  static constexpr std::string_view kName = "mae";
  static constexpr std::string_view kMeaning = "mean absolute error.";
  bool suits(const SampleTensor& target) const override { return !target.has_ids(); }
  std::vector<Sum> sums(GraphBuilder& build, ValueId predictions, ValueId targets) const override;
  double value(const Totals& totals) const override { return totals.at("differences") / totals.targets; }
};

}  // namespace weft
