#pragma once
// Makes a problem smaller without losing an optimum.
#include <optional>

#include "weft/plan/solve/network.h"
#include "weft/plan/solve/timeline.h"

namespace weft {

struct Reduced {
  Network network;                ///< its nodes are the problem's; those taken out are not there
  std::vector<WayBack> way_back;  ///< of those, in the order in which they were taken out
  Capacity capacity;              ///< of the slots in which the lives of its nodes are told
};

/// Applies these rules until none applies:
/// - options without a possible partner in a neighbour, or without room, go;
/// - an edge whose costs are a sum of one term for each end becomes costs of the nodes;
/// - a node that a neighbour's choice determines joins it, with all that it uses;
/// - an option that is no better in cost, usage and every edge than another goes;
/// - a node that uses nothing and has up to two neighbours is minimised out.
/// Nothing where no choice is possible.
std::optional<Reduced> reduce(const Problem& problem);
/// After options were taken out of its nodes.
std::optional<Reduced> reduce_further(Reduced reduced);

/// The problem's choice, where `choice` has those of the nodes that are left.
void follow_way_back(const Reduced& reduced, Choice& choice);

}  // namespace weft
