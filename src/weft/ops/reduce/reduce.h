#pragma once
// Reductions of an expression, for code that builds graphs.
#include <string_view>
#include <vector>

#include "weft/ops/pointwise/pointwise.h"

namespace weft {

/// The components of a rule (expression/reduction.h) of each result of an expression of the operands, along
/// `axes` of the operand with most dimensions, which those of the others end. Of the statistics dtype beside
/// operand 0's, or of its own if that is an integer's; of bits, and of positions, i32. UserError for an axis
/// that there is not.
///
///   reduce(build, "sum", {x}, "x0, x0 * x0", {0, 1})    the sums, and those of squares
///   reduce(build, "moments", {x}, "x0", {2})            the means, and the sums of squared deviations
std::vector<ValueId> reduce(GraphBuilder& build, std::string_view rule, const std::vector<ValueId>& operands,
                            const Expression& expression, const std::vector<int>& axes);
std::vector<ValueId> reduce(GraphBuilder& build, std::string_view rule, const std::vector<ValueId>& operands,
                            std::string_view text, const std::vector<int>& axes);

/// A value whose dimensions are these axes of another.
struct AlongAxes {
  ValueId value;
  std::vector<int> axes;
};
/// An expression of x, operand 0, and of values that have some of its axes only, such as what a reduction
/// gave: repeated along the others. Of the type of x.
ValueId pointwise_beside(GraphBuilder& build, ValueId x, const std::vector<AlongAxes>& beside,
                         std::string_view text);

/// All axes of a value; all but its last `kept`.
std::vector<int> leading_axes_of(GraphBuilder& build, ValueId x, int kept = 0);

}  // namespace weft
