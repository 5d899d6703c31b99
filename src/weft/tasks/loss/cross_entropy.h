#pragma once
#include "weft/tasks/loss.h"

namespace weft {

/// -log softmax(predictions)[target].
struct CrossEntropyLoss final : KindOf<CrossEntropyLoss, Loss> {
  static constexpr std::string_view kName = "cross_entropy";
  static constexpr std::string_view kMeaning =
      "the negative logarithm of the probability of the target's id.";
  bool suits(const SampleTensor& target) const override { return target.has_ids(); }
  ValueId of(GraphBuilder& build, ValueId predictions, ValueId targets, int64_t count) const override;
};

}  // namespace weft
