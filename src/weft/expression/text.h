#pragma once
// Expressions as text, in one grammar for printing and parsing:
//
//   expression = { name "=" scalar ";" } scalar { "," scalar }        named parts, then the results
//   scalar     = infix operators (< <= > >= == != bind least, then + -, then * /, then the sign) over
//                x0, n1, p2        element of operand 0 (real), 1 (integer), 2 (boolean: not 0)
//                0.5, 3, true      a real, an integer, a boolean; inf, nan
//                index[0]          the position along axis 0
//                random[seed, stream, axis, …](n1)     16 random bits; n1 is the step
//                tanh(scalar), select(scalar, scalar, scalar), …       every function of the table
//
// "t0 = tanh(x0); x1 * (1.0 - t0 * t0)". An integer constant beside reals is a real.
#include <span>
#include <string>
#include <string_view>

#include "weft/expression/expression.h"

namespace weft {

/// Names parts that are used more than once, and deep ones. Reals are printed with all digits that they need.
std::string to_string(const Expression& expression);

/// UserError that says where and what was expected. Text nested deeper than 200 is refused.
Expression parse_expression(std::string_view text);

/// A name for an operand, for rows of rules: "a" for operand 0.
struct OperandName {
  std::string_view name;
  int operand = 0;
  ScalarType type = ScalarType::real;
};
Expression parse_expression(std::string_view text, std::span<const OperandName> names);

}  // namespace weft
