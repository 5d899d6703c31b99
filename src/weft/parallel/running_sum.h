#pragma once
#include "weft/graph/graph.h"

namespace weft {

/// Whether a state is a sum that runs up within a step: it starts at zero, is not learnt, terms are added to
/// it (a next value is linear in it), and a segment of every step sets it to zero again. Such a state may be
/// a sum that is still owed between ranks: what is read of it between steps, by a checkpoint or on another
/// mesh, is zero. Linear in the number of updates.
bool is_running_sum(const Graph& graph, ValueId state);

}  // namespace weft
