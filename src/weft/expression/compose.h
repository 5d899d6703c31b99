#pragma once
// Expressions put into each other.
#include <functional>
#include <span>
#include <vector>

#include "weft/expression/expression.h"

namespace weft {

/// Adds the nodes of `expression` to `build`, with operands replaced by what `replace` gives for them (of the
/// same type), and returns what its nodes became.
std::vector<Scalar> splice(ExpressionBuilder& build, const Expression& expression,
                           const std::function<Scalar(const ScalarNode& operand)>& replace);

/// `outer` with result `result` of `inner` in place of operand `operand`: what fusing two pointwise ops
/// gives. Operand i of inner becomes operand `inner_operands[i]` of the whole, operand i of outer
/// `outer_operands[i]`; both have the same axes. What was rounded between the two is so no more. UserError
/// where the types differ.
Expression compose(const Expression& outer, int operand, const Expression& inner, size_t result,
                   std::span<const int> outer_operands, std::span<const int> inner_operands);

/// The expression with operand i called `numbers[i]`.
Expression renumber(const Expression& expression, std::span<const int> numbers);

}  // namespace weft
