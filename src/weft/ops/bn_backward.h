#pragma once
#include <utility>

#include "weft/graph/graph.h"

namespace weft {

/// What bn_apply read, and the gradient of its result.
struct BnValues {
  ValueId dy, x, sums, gamma;
  int64_t count;
  double epsilon;
};

/// For each channel the sums of dy and of dy times the normalised x: [2, C].
ValueId bn_backward_sums(GraphBuilder& build, const BnValues& values);
/// dx, of x's type, with its path through the forward sums.
ValueId bn_backward_input(GraphBuilder& build, const BnValues& values, ValueId backward_sums);
/// (dgamma, dbeta) [C]: the rows of `backward_sums`.
std::pair<ValueId, ValueId> bn_backward_params(GraphBuilder& build, ValueId backward_sums);

}  // namespace weft
