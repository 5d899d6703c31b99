#pragma once
// The times at which the limit of a problem can matter, numbered from 0, and what is free at each of them.
#include <cstdint>
#include <vector>

#include "weft/plan/solve/network.h"

namespace weft {

/// What the nodes' lives may use together in each slot of time; lives begin and end at slots.
using Capacity = std::vector<int64_t>;

/// Replaces times by slots: one between any two times at which a life begins or ends.
Capacity number_times(Network& network, int64_t limit);

/// Takes out of the lives what is used whatever is chosen, and then the slots that no choice can overfill, or
/// that another one holds: lives may end or merge so. False where what is used whatever is chosen is too
/// much.
bool drop_slack_times(Network& network, Capacity& capacity);

}  // namespace weft
