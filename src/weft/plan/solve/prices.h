#pragma once
// A price for what is used in each slot of time (Lagrange multipliers of the limit).
#include <vector>

#include "weft/plan/solve/core.h"

namespace weft {

struct Prices {
  std::vector<double> of_slot;                 ///< >= 0, per unit
  std::vector<std::vector<double>> of_option;  ///< [node][option]: what its lives cost

  explicit Prices(const Core& core);
  /// Makes of_option anew of of_slot.
  void spread(const Core& core);
  /// What the capacities are worth: a bound on cost with prices, less this, is a bound on cost.
  double allowance(const Core& core) const;
};

}  // namespace weft
