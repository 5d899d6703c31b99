#pragma once
#include "weft/plan/node_prices.h"

namespace weft {

/// What running every node of a graph once costs: what is compared to say what a stage saved.
struct GraphTotals {
  int64_t nodes = 0;
  double flops = 0;
  int64_t moved_bytes = 0;  ///< the least: each operand of each node once; views move nothing
  int64_t sent_bytes = 0;   ///< to other ranks
  double ms = 0;            ///< by the prices
  /// Of memory: inputs and states, and the most that is alive at once beside them, in the order that the
  /// nodes have.
  int64_t held_bytes = 0;
};

GraphTotals totals_of(const Graph& graph, NodePrices& prices);

}  // namespace weft
