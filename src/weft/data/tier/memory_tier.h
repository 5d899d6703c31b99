#pragma once
#include <memory>

#include "weft/data/tier/tier.h"

namespace weft {

/// Copies in main memory: one range of addresses, of which the pages are taken as they are first used, and
/// kept. `bytes` bounds records and their index together. UserError where the machine has less memory than
/// that.
std::unique_ptr<Tier> make_memory_tier(int64_t bytes);

}  // namespace weft
