#pragma once
#include "weft/plan/pass.h"

namespace weft {

/// Orders the nodes: each segment by itself; communication as soon as its operand is there, so that it runs
/// beside what follows; optimizer nodes as soon as nobody reads the old parameter any more, so that gradients
/// die early; a node that overwrites a state after all readers of it. Everything else keeps its order. Stands
/// before the memory plan, which reads lifetimes off the order.
Graph schedule(const Graph& graph, const PlanContext& context);

}  // namespace weft
