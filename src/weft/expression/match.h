#pragma once
// Patterns: an expression whose operands stand for parts.
#include <functional>
#include <map>
#include <span>

#include "weft/expression/expression.h"

namespace weft {

/// Operands of a pattern from here on stand for constants only; those below for any part of their type.
inline constexpr int kConstantOperands = 500;

/// What each operand of a pattern stands for: nodes of the subject.
using Bindings = std::map<int, int>;

/// Whether node `at` of `subject` has the form of result 0 of `pattern`, both orders of a commutative
/// function tried. A random node of a pattern stands for any, the position along an axis for that along any;
/// the first one of each is bound as `kRandomBinding` and `kIndexBinding`.
inline constexpr int kRandomBinding = -1;
inline constexpr int kIndexBinding = -2;
bool match(const Expression& pattern, std::span<const ScalarNode> subject, int at, Bindings& bindings);

/// Whether an operand of a pattern may stand for a node of the subject.
using MayBind = std::function<bool(int operand, int node)>;

/// Whether there are as many results, and each has the form of the pattern's.
bool match(const Expression& pattern, const Expression& subject, Bindings& bindings,
           const MayBind& may_bind = {});

}  // namespace weft
