#pragma once
#include <cstdint>

namespace weft {

/// Calls of operator new in this program since it started, those from inside oneDNN left aside.
int64_t allocations_so_far();

/// Whether they are counted: not under AddressSanitizer.
bool counts_allocations();

}  // namespace weft
