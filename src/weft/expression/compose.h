#pragma once
// Expressions put into each other.
#include <functional>
#include <span>
#include <vector>

#include "weft/expression/expression.h"

namespace weft {

/// What an operand becomes; of the same type.
using Replacement = std::function<Scalar(const ScalarNode& operand)>;

/// Adds the nodes of `expression` to `build`, and returns what its results became.
std::vector<Scalar> splice(ExpressionBuilder& build, const Expression& expression,
                           const Replacement& replace);
/// The same, with operands called as they are.
std::vector<Scalar> splice(ExpressionBuilder& build, const Expression& expression);
/// What all of its nodes became.
std::vector<Scalar> splice_nodes(ExpressionBuilder& build, const Expression& expression,
                                 const Replacement& replace);

/// `outer` with result `result` of `inner` in place of operand `operand`: what fusing two pointwise ops
/// gives. Operand i of inner becomes operand `inner_operands[i]` of the whole, operand i of outer
/// `outer_operands[i]`; both have the same axes. What was rounded between the two is so no more. UserError
/// where the types differ.
Expression compose(const Expression& outer, int operand, const Expression& inner, size_t result,
                   std::span<const int> outer_operands, std::span<const int> inner_operands);

/// Result `result` alone, with the nodes that it needs.
Expression only_result(const Expression& expression, size_t result);

/// The expression with operand i called `number(i)`.
Expression renumber(const Expression& expression, const std::function<int(int)>& number);

}  // namespace weft
