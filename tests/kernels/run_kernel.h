#pragma once
// A kernel outside of an executor, with the scratch that it asks for.
#include <vector>

#include "weft/graph/kernel.h"

namespace weft::kernels {

inline void run(const Kernel& kernel, std::span<const View> operands, std::span<const View> results) {
  std::vector<std::byte> scratch(static_cast<size_t>(kernel.scratch_bytes) + 64);
  const auto address = reinterpret_cast<uintptr_t>(scratch.data());
  kernel.run({operands, results, scratch.data() + (64 - address % 64) % 64});
}

}  // namespace weft::kernels
