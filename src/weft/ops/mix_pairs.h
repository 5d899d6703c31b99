#pragma once
#include "weft/graph/graph.h"

namespace weft {

/// Neighbours along the first dimension of x [2 P, ...], the rows 2p and 2p + 1, mixed: share * own row +
/// (1 - share) * the other. `share` is a scalar of the statistics dtype beside x's; it gets no gradient.
/// Mixup (Zhang et al., "mixup: Beyond Empirical Risk Minimization", ICLR 2018) of a batch in random order.
/// UserError where the first dimension is odd.
ValueId mix_pairs(GraphBuilder& build, ValueId x, ValueId share);

}  // namespace weft
