#pragma once
#include "weft/optimizers/optimizer.h"

namespace weft {

/// Stochastic gradient descent with momentum (Polyak, 1964; as Sutskever et al., 2013, without Nesterov's
/// step).
struct SgdRule final : KindOf<SgdRule, Optimizer> {
  static constexpr std::string_view kName = "sgd";
  static constexpr std::string_view kMeaning =
      "gradient descent with momentum; weight decay is added to the gradient.";
  double momentum = 0;

  template <class Visitor, class Self>
  static void visit(Visitor& key, Self& self) {
    key("momentum", self.momentum, from_zero_below_one(), "share of the last update that is kept");
  }
  void update(const ParameterUpdate& at) const override;
};

}  // namespace weft
