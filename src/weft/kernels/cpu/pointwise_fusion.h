#pragma once
// Parts of an expression that are computed in one pass over a tile. Internal.
#include <span>
#include <string_view>
#include <vector>

#include "weft/expression/expression.h"

namespace weft::kernels {

/// How a node is computed: by which loops (pointwise_loops.h), from which nodes.
struct TilePass {
  std::string_view loops;
  std::vector<int> arguments;
};

/// A pass for each function that is still needed, by node; no loops for all other nodes. What lies within a
/// joined part is needed by nobody else.
std::vector<TilePass> choose_passes(const Expression& expression, bool wide);

}  // namespace weft::kernels
