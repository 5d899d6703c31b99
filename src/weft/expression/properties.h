#pragma once
// What follows from an expression alone.
#include "weft/expression/expression.h"

namespace weft {

/// Floating-point operations at one point; a common part counts once.
double flops_of(const Expression& expression);

/// Whether all results are linear in all operands together: f(x + y) = f(x) + f(y).
bool is_linear(const Expression& expression);

/// Whether it reads where in the iteration space it is (index or random).
bool reads_position(const Expression& expression);

/// Where every result is an operand as it is.
bool only_copies(const Expression& expression);

}  // namespace weft
