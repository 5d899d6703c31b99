#pragma once
#include "weft/graph/graph.h"

namespace weft {

/// Rows of `table` [V, C] at `ids` (i32, any shape): [ids..., C] of `out_dtype`. Ids outside [0, V) give
/// zeros. The vocabulary is a summed axis: a part of the table gives a partial sum, zeros where the ids lie
/// elsewhere. The gradient of the table is dense and of the statistics dtype.
ValueId embedding(GraphBuilder& build, ValueId table, ValueId ids, DType out_dtype);

}  // namespace weft
