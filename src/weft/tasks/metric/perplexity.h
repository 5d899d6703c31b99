#pragma once
#include "weft/tasks/metric.h"

namespace weft {

/// The exponential of the mean cross entropy, whatever the loss is.
struct Perplexity final : KindOf<Perplexity, Metric> {
  static constexpr std::string_view kName = "perplexity";
  static constexpr std::string_view kMeaning = "exponential of the mean cross entropy.";
  bool suits(const SampleTensor& target) const override { return target.has_ids(); }
  std::vector<Sum> sums(GraphBuilder& build, ValueId predictions, ValueId targets) const override;
  double value(const Totals& totals) const override;
};

}  // namespace weft
