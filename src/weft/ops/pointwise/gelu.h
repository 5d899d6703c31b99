#pragma once
#include "weft/graph/graph.h"

namespace weft {

/// How the Gaussian error linear unit is computed (Hendrycks and Gimpel, 2016): exactly, or by its tanh
/// approximation.
enum class GeluKind : uint8_t { erf, tanh };

/// x times the normal distribution function of x, elementwise.
ValueId gelu(GraphBuilder& build, ValueId x, GeluKind kind);

}  // namespace weft
