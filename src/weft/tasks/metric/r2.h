#pragma once
#include "weft/tasks/metric.h"

namespace weft {

/// The coefficient of determination: 1 - sum of squared differences / sum of squared deviations of the
/// targets from their mean, over all numbers of all targets together. 1 is perfect, 0 as good as the mean.
/// NaN where all targets are equal, or spread by less than a millionth of their size.
struct Determination final : KindOf<Determination, Metric> {
  static constexpr std::string_view kName = "r2";
  static constexpr std::string_view kMeaning =
      "coefficient of determination, of all numbers together; 1 is perfect, 0 no better than the mean.";
  bool suits(const SampleTensor& target) const override { return !target.has_ids(); }
  std::vector<Sum> sums(GraphBuilder& build, ValueId predictions, ValueId targets) const override;
  double value(const Totals& totals) const override;
  Better better() const override { return Better::more; }
};

}  // namespace weft
