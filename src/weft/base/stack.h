#pragma once
#include <cstdint>

namespace weft {

/// Bytes of stack that each thread is to have: kernels of attention keep tiles of 480 KiB there.
inline constexpr int64_t kLeastStack = int64_t{1} << 20;

/// UserError where threads have less, by the system's limit or OpenMP's: a kernel would end with a
/// segmentation fault in the middle of a step.
void check_stack();

}  // namespace weft
