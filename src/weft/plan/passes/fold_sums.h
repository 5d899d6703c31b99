#pragma once
#include "weft/plan/pass.h"

namespace weft {

/// Turns sums with a term that nothing else reads, and whose op offers it, into that op adding to the other
/// terms: the gradient of a tied embedding touches a few rows of the head's and is never made dense. Stands
/// after partition, because what adds in place cannot be divided.
Graph fold_sums(const Graph& graph, const PlanContext& context);

}  // namespace weft
