#pragma once
// What the capacities alone forbid.
#include <optional>

#include "weft/plan/solve/network.h"
#include "weft/plan/solve/timeline.h"

namespace weft {

/// Takes out options that overfill a slot whatever the other nodes choose, and makes pairs of options of two
/// neighbours impossible that do so together. The nodes that changed; nothing where one has no option left.
/// The least usage of every life must be settled (drop_slack_times).
std::optional<std::vector<int32_t>> forbid_overfull(Network& network, const Capacity& capacity);

}  // namespace weft
