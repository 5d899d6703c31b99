#pragma once
#include <cstdint>

namespace weft {

/// Bytes that this machine could still give to programs, counting the page cache, which gives way.
int64_t available_memory();

}  // namespace weft
