#pragma once
#include <memory>

#include "weft/data/read/async_reader.h"

namespace weft {

/// Null where Weft was built without liburing, or the kernel refuses (too old, forbidden in a container).
std::unique_ptr<AsyncReader> make_uring_reader(int depth);

}  // namespace weft
