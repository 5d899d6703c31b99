#pragma once
#include "weft/optimizers/optimizer.h"

namespace weft {

/// LAMB (You et al., "Large Batch Optimization for Deep Learning: Training BERT in 76 minutes", ICLR 2020,
/// algorithm 2, with bias correction and the identity for phi): Adam's direction and the decay, scaled in
/// each parameter by the ratio of its norm to theirs; by 1 where either norm is 0.
struct LambRule final : KindOf<LambRule, Optimizer> {
  static constexpr std::string_view kName = "lamb";
  static constexpr std::string_view kMeaning =
      "LAMB (You et al., 2020): AdamW's step scaled to the norm of each parameter, for large batches.";
  std::array<double, 2> betas{0.9, 0.999};
  double epsilon = 1e-6;

  template <class Visitor, class Self>
  static void visit(Visitor& key, Self& self) {
    key("betas", self.betas, from_zero_below_one(),
        "decay of the running means of the gradient and of its square");
    key("epsilon", self.epsilon, between(1e-30, 1), "added to the denominator");
  }
  void update(const ParameterUpdate& at) const override;
};

}  // namespace weft
