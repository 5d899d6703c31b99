#pragma once
#include "weft/optimizers/optimizer.h"

namespace weft {

/// Lion (Chen et al., "Symbolic Discovery of Optimization Algorithms", 2023, algorithm 2): the sign of a mean
/// of momentum and gradient; one state.
struct LionRule final : KindOf<LionRule, Optimizer> {
  static constexpr std::string_view kName = "lion";
  static constexpr std::string_view kMeaning =
      "Lion (Chen et al., 2023): steps by signs, with decoupled weight decay; learning rates are 3 to 10 "
      "times smaller than AdamW's, weight decay as much larger.";
  std::array<double, 2> betas{0.9, 0.99};

  template <class Visitor, class Self>
  static void visit(Visitor& key, Self& self) {
    key("betas", self.betas, from_zero_below_one(),
        "share of the momentum in the step, and in the momentum that is kept");
  }
  void update(const ParameterUpdate& at) const override;
};

}  // namespace weft
