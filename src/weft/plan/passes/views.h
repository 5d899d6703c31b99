#pragma once
#include "weft/graph/graph.h"

namespace weft {

/// The value whose memory `id` is, where it is a view, or a view of one: itself where it is none.
ValueId seen_through_views(const Graph& graph, ValueId id);

}  // namespace weft
