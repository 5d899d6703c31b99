#pragma once

namespace weft {

/// And the number of the signal: the exit code of a process that a signal ended, as shells have it.
inline constexpr int kSignalled = 128;

}  // namespace weft
