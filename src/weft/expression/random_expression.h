#pragma once
// Random expressions for tests: well conditioned, with every function of the table that has its slopes for
// derivatives.
#include <functional>
#include <span>

#include "weft/expression/expression.h"

namespace weft {

struct RandomExpression {
  std::span<const ScalarType> operands;
  int axes = 0;
  int calls = 6;    ///< functions drawn; guards of their arguments come on top
  int results = 1;  ///< all real
  /// Number of the integer operand that is the step of random bits; none where negative.
  int step = -1;
};

/// `between(low, high)` draws uniformly, both included. For real operands in [-2, 2]: values stay small, and
/// no function meets an argument outside its domain. Every operand is used, if there are calls enough.
Expression random_expression(const RandomExpression& wanted,
                             const std::function<int64_t(int64_t, int64_t)>& between);

}  // namespace weft
