#pragma once
#include "weft/tasks/metric.h"

namespace weft {

/// The share of targets whose id has the greatest prediction.
struct Accuracy final : KindOf<Accuracy, Metric> {
  static constexpr std::string_view kName = "accuracy";
  static constexpr std::string_view kMeaning = "share of targets whose id has the greatest prediction.";
  bool suits(const SampleTensor& target) const override { return target.has_ids(); }
  std::vector<Sum> sums(GraphBuilder& build, ValueId predictions, ValueId targets) const override;
  double value(const Totals& totals) const override { return totals.at("correct") / totals.targets; }
  Better better() const override { return Better::more; }
  std::string text(double value) const override;
};

}  // namespace weft
