#pragma once
#include "weft/graph/graph.h"

namespace weft {

/// Mean over `global_rows` rows of -log softmax(logits)[target]: a scalar of the statistics dtype beside the
/// logits'. logits [rows..., V]; targets i32 [rows...]. Rows whose target is negative (ignored) add nothing.
///
/// A maximum, two sums around it and a sum over rows, so that a split vocabulary combines a few numbers a row
/// and nobody gathers the logits. The maximum cancels from the loss; gradients take it for a constant.
ValueId cross_entropy(GraphBuilder& build, ValueId logits, ValueId targets, int64_t global_rows);

}  // namespace weft
