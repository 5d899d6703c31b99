#pragma once
// The exact minimum of a core whose limit does not matter: nodes are minimised out one by one, each into a
// table over its neighbours that are left (Bertelè and Brioschi, "Nonserial Dynamic Programming", 1972).
#include <optional>

#include "weft/plan/solve/core.h"

namespace weft {

/// Next is always the node whose table is smallest. Nothing where tables would take more than `most_steps`
/// sums, or the core has slots.
std::optional<Choice> eliminate(const Core& core, int64_t most_steps);

}  // namespace weft
