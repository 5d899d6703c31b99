#pragma once
#include <cstdint>
#include <functional>

namespace weft {

/// Calls body(i) for every i in [0, count) from up to `threads` threads. For work that waits for a file
/// system, not for cores: parallel_for has one thread a core. Where bodies throw, the exception of the
/// smallest i that threw is thrown on, so that every rank reports the same one; bodies after it may be left
/// out.
void for_each_waiting(int64_t count, const std::function<void(int64_t)>& body, int64_t threads = 32);

}  // namespace weft
