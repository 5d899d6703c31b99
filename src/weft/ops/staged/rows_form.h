#pragma once
// A computation as rows of an outermost axis.
#include <optional>
#include <span>
#include <vector>

#include "weft/ops/pointwise/pointwise.h"

namespace weft {

/// What computes the same as a node: the op of a pointwise, or the expression of a plain sum (Traits::sum).
/// Empty for any other.
std::optional<Pointwise> as_pointwise(const Op& op, std::span<const TensorType> inputs);

/// The op with its axes `rows` joined to one, axis 0, in their order. Empty where that cannot be: an operand
/// has some of them but not all first, a result lacks them, or the expression reads a position along them.
/// Whether it can be does not depend on sizes or parts: ranks agree on it.
std::optional<Pointwise> over_rows(const Pointwise& op, std::span<const int> rows);

}  // namespace weft
