#pragma once

namespace weft {

/// A command line that asks for what there is not.
inline constexpr int kUsage = 2;
/// Of a rank with an error of the user's, where launch started it: 1, which it is everywhere else, is also
/// mpirun's own.
inline constexpr int kUserErrorOfRank = 65;
/// A broken invariant of Weft's own, as sysexits.h has it.
inline constexpr int kBug = 70;
/// And the number of the signal: the exit code of a process that a signal ended, as shells have it.
inline constexpr int kSignalled = 128;

}  // namespace weft
