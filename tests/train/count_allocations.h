#pragma once
#include <cstdint>
#include <functional>

namespace weft {

/// Calls of operator new in this program while `action` runs, those from inside oneDNN left aside.
int64_t allocations_in(const std::function<void()>& action);

/// Whether they are counted: not under AddressSanitizer.
bool counts_allocations();

}  // namespace weft
