#pragma once
#include "weft/tasks/loss.h"

namespace weft {

/// Cross entropy against (1 - smoothing) of the target's id and smoothing shared by all ids (Szegedy et al.,
/// "Rethinking the Inception Architecture for Computer Vision", CVPR 2016, section 7), as PyTorch's
/// label_smoothing has it.
struct LabelSmoothingLoss final : KindOf<LabelSmoothingLoss, Loss> {
  static constexpr std::string_view kName = "label_smoothing";
  static constexpr std::string_view kMeaning =
      "cross entropy against targets of which a share is spread over all ids (Szegedy et al., 2016).";
  double smoothing = 0.1;

  template <class Visitor, class Self>
  static void visit(Visitor& key, Self& self) {
    key("smoothing", self.smoothing, from_zero_below_one(), "the share that all ids have alike");
  }
  bool suits(const SampleTensor& target) const override { return target.has_ids(); }
  ValueId of(GraphBuilder& build, ValueId predictions, ValueId targets, int64_t count) const override;
};

}  // namespace weft
