#pragma once
// Products taken apart.
#include <functional>

#include "weft/expression/expression.h"

namespace weft {

/// A result as varying * fixed, both canonical.
struct Factors {
  Expression varying;
  Expression fixed;  ///< the constant 1 where nothing comes apart
};

/// Result `result` with the factors apart, constants among them, in which no operand, position or random
/// number varies. Where nothing varies at all, all of it is `varying`.
Factors factor(const Expression& expression, size_t result,
               const std::function<bool(const ScalarNode& leaf)>& varies);

/// The result alone, canonical, beside the constant 1.
Factors unfactored(const Expression& expression, size_t result);

bool is_one(const Expression& fixed);

}  // namespace weft
