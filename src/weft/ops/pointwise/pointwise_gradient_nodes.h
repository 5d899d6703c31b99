#pragma once
#include <span>
#include <vector>

#include "weft/ops/pointwise/pointwise_readable.h"

namespace weft {

/// One input's gradient: what its axes and dtype are, and what gives it at a point of the op's space. Along
/// the axes that the input has not it is summed. Internal.
struct GradientPart {
  std::vector<int> axes;
  DType dtype = DType::f32;
  int result = 0;  ///< of the gradient's expression
};

/// Nodes that compute the parts. Sums that can be taken in one walk are one node's. Sums that differ by a
/// factor that is the same at all their points are one sum, multiplied by it in a node of its own: so the
/// gradients of a mean and of a shift, which ranks add up once. Other sums keep their factors, because a sum
/// that is multiplied is not linear: it could not stay owed.
std::vector<ValueId> gradient_nodes(GraphBuilder& build, const Dims& space, Readable& readable,
                                    const Expression& expression, std::span<const GradientPart> parts);

}  // namespace weft
