#pragma once
#include "weft/tasks/metric.h"

namespace weft {

/// The share of targets whose id is among the five greatest predictions (Russakovsky et al., "ImageNet Large
/// Scale Visual Recognition Challenge", 2015); of equal predictions the one with the least id counts as the
/// greater.
struct Top5Accuracy final : KindOf<Top5Accuracy, Metric> {
  static constexpr std::string_view kName = "top5_accuracy";
  static constexpr std::string_view kMeaning =
      "share of targets whose id is among the five greatest predictions.";
  bool suits(const SampleTensor& target) const override { return target.has_ids(); }
  std::vector<Sum> sums(GraphBuilder& build, ValueId predictions, ValueId targets) const override;
  double value(const Totals& totals) const override { return totals.at("among_five") / totals.targets; }
  Better better() const override { return Better::more; }
  std::string text(double value) const override;
};

}  // namespace weft
