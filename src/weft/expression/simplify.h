#pragma once
// Expressions in canonical form: constants folded, arguments of commutative functions in one order, laws
// applied.
#include <span>
#include <string_view>

#include "weft/expression/expression.h"

namespace weft {

/// What `before` matches becomes `after`. In both, a, b and c are any reals, i any integer, p any boolean, k
/// and l real constants. Every law leaves fewer functions, or cheaper ones, or moves a sign outwards, so that
/// applying them ends.
struct Law {
  std::string_view name;
  std::string_view before;
  std::string_view after;
};

std::span<const Law> laws();

/// The canonical form: equal where two expressions differ by laws only. Values may differ by rounding, in the
/// sign of zero, in which of two equal or not-a-number arguments min and max give, where a partial product
/// leaves the range of the type (constants are brought together), and where infinity or NaN is multiplied by
/// a selection of 1 and 0 (then 0 is given where 0 is selected).
Expression simplify(const Expression& expression);

/// The canonical form of what has the same values: without the functions that matter to derivatives only.
Expression values_only(const Expression& expression);

}  // namespace weft
