#pragma once
// The gradient of an expression, as an expression.
#include <optional>
#include <span>
#include <vector>

#include "weft/expression/expression.h"

namespace weft {

/// Operand numbers of the gradient beside the expression's own.
struct ResultOperands {
  std::optional<int> gradient;  ///< of the loss by the result; none where nothing depends on the result
  std::optional<int> value;     ///< the result itself, read where the gradient needs what it is
};

/// For each of `wanted`, real operands of the expression: the sum over results r of gradient(r) times the
/// derivative of r by it. Simplified; a constant zero where nothing depends on an operand. Reverse mode: one
/// walk whatever the number of operands. Where two arguments of min or max are equal, the gradient goes to
/// the second (so that of max(x, 0) at 0 is 0).
Expression gradient_of(const Expression& expression, std::span<const int> wanted,
                       std::span<const ResultOperands> results);

/// The operands that are read, and only within stop_gradient: nothing is learnt through them by design.
std::vector<int> stopped_operands(const Expression& expression);

}  // namespace weft
