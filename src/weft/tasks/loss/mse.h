#pragma once
#include "weft/tasks/loss.h"

namespace weft {

/// The mean of squared differences.
struct SquaredErrorLoss final : KindOf<SquaredErrorLoss, Loss> {
  static constexpr std::string_view kName = "mse";
  static constexpr std::string_view kMeaning = "the square of what a prediction is off by.";
  bool suits(const SampleTensor& target) const override { return !target.has_ids(); }
  ValueId of(GraphBuilder& build, ValueId predictions, ValueId targets, int64_t count) const override;
};

}  // namespace weft
