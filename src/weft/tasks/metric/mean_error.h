#pragma once
#include "weft/tasks/metric.h"

namespace weft {

/// The mean of predictions less targets, over all numbers of all targets: what forecasters call bias.
struct MeanError final : KindOf<MeanError, Metric> {
  static constexpr std::string_view kName = "mean_error";
  static constexpr std::string_view kMeaning = "mean of predictions less targets, the bias; 0 is best.";
  bool suits(const SampleTensor& target) const override { return !target.has_ids(); }
  std::vector<Sum> sums(GraphBuilder& build, ValueId predictions, ValueId targets) const override;
  double value(const Totals& totals) const override { return totals.at("differences") / totals.targets; }
  Better better() const override { return Better::nearer_zero; }
};

}  // namespace weft
