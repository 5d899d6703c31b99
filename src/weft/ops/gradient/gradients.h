#pragma once
// Differentiation as models call it.
#include <optional>
#include <span>

#include "weft/graph/graph.h"

namespace weft {

/// Gradients of the scalar `loss` with respect to `targets`, appended to the builder's graph. Empty where the
/// loss does not depend on the target. The gradient of a parameter kept in f32 is f32, whatever the
/// activations are.
std::vector<std::optional<ValueId>> gradients(GraphBuilder& build, ValueId loss,
                                              std::span<const ValueId> targets);

}  // namespace weft
