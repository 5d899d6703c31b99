#pragma once
// Products taken apart.
#include <functional>
#include <optional>

#include "weft/expression/expression.h"

namespace weft {

/// A result as varying * fixed.
struct Factors {
  Expression varying;
  std::optional<Expression> fixed;  ///< none where it would be a constant
};

/// Result `result` with the factors apart in which no operand, position or random number varies. All of it is
/// `varying` where nothing varies: what is left would have to be 1.
Factors factor(const Expression& expression, size_t result,
               const std::function<bool(const ScalarNode& leaf)>& varies);

}  // namespace weft
