#pragma once
#include "weft/optimizers/optimizer.h"

namespace weft {

/// Adafactor (Shazeer and Stern, "Adafactor: Adaptive Learning Rates with Sublinear Memory Cost", ICML 2018,
/// algorithms 4 and 5), as torch.optim.Adafactor has it: of a matrix only the means of squares along rows and
/// columns are kept; the step is relative to the size of the parameter. Dimensions [out..., in...] of a
/// weight are taken for a matrix where that keeps the fewest means.
struct AdafactorRule final : KindOf<AdafactorRule, Optimizer> {
  static constexpr std::string_view kName = "adafactor";
  static constexpr std::string_view kMeaning =
      "Adafactor (Shazeer and Stern, 2018): a row and a column of statistics instead of a matrix; steps "
      "relative to the size of each parameter, with decoupled weight decay.";
  double beta2_decay = -0.8;
  std::array<double, 2> epsilons{1.1920929e-7, 1e-3};
  double threshold = 1;

  template <class Visitor, class Self>
  static void visit(Visitor& key, Self& self) {
    key("beta2_decay", self.beta2_decay, from_to_below(-1, 0),
        "exponent of the step number in the decay of the means of squares: 1 - step^x");
    // Of the first, the reciprocal is a number of f32.
    key("epsilons", self.epsilons, between(1e-30, 1),
        "least of the means of squares, as a root; least size of a parameter");
    key("threshold", self.threshold, above_zero(), "largest root of the mean square of a step");
  }
  void update(const ParameterUpdate& at) const override;
};

}  // namespace weft
