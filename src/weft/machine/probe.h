#pragma once
#include "weft/machine/machine.h"

namespace weft {

/// Measures this machine with the threads that are set: products of matrices in f32 and bf16, and a copy
/// larger than the caches. Takes about a second; medians, so that a passing disturbance does not count.
Machine probe_machine();

}  // namespace weft
