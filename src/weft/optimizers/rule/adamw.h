#pragma once
#include "weft/optimizers/optimizer.h"

namespace weft {

/// Adam with decoupled weight decay (Loshchilov and Hutter, "Decoupled Weight Decay Regularization", 2019).
struct AdamWRule final : KindOf<AdamWRule, Optimizer> {
  static constexpr std::string_view kName = "adamw";
  static constexpr std::string_view kMeaning =
      "Adam with decoupled weight decay (Loshchilov and Hutter, 2019): the decay, times the learning rate, "
      "is taken off the weight.";
  std::array<double, 2> betas{0.9, 0.999};
  double epsilon = 1e-8;

  template <class Visitor, class Self>
  static void visit(Visitor& key, Self& self) {
    key("betas", self.betas, from_zero_below_one(),
        "decay of the running means of the gradient and of its square");
    key("epsilon", self.epsilon, between(1e-30, 1), "added to the denominator");
  }
  void update(const ParameterUpdate& at) const override;
};

}  // namespace weft
