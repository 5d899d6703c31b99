#pragma once

namespace weft {

/// A command line that asks for what there is not.
inline constexpr int kUsage = 2;
/// A broken invariant of Weft's own, as sysexits.h has it.
inline constexpr int kBug = 70;
/// And the number of the signal: the exit code of a process that a signal ended, as shells have it.
inline constexpr int kSignalled = 128;

}  // namespace weft
