#pragma once
#include <cstdint>

namespace weft {

/// Bytes of stack that each thread is to have.
inline constexpr int64_t kLeastStack = int64_t{1} << 20;

/// What a kernel may keep there in tiles, as those of attention do; beside each a static_assert says so.
inline constexpr int64_t kMostOnStack = kLeastStack / 2;

/// UserError where threads have less, by the system's limit or OpenMP's: a kernel would end with a
/// segmentation fault in the middle of a step.
void check_stack();

}  // namespace weft
