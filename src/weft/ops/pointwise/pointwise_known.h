#pragma once
#include "weft/ops/pointwise/pointwise_readable.h"

namespace weft {

/// The gradient's expression with values read that the graph has, where it would take a costly function
/// again: where y = f / s has been computed of the op's operands and of s, an output that is positive, f is y
/// * s. So the gradient of a softmax takes no exponentials, and does not read what they were taken of.
/// Internal.
Expression with_known_quotients(const Pointwise& op, const GradientContext& context, Readable& readable,
                                const Expression& gradient);

}  // namespace weft
