#pragma once
// What runs a node: a function bound to the node's local types when the Program is made.
#include <functional>
#include <span>

#include "weft/graph/op.h"
#include "weft/tensor/view.h"

namespace weft {

struct KernelContext {
  std::span<const View> inputs;
  std::span<const View> outputs;
  std::byte* scratch = nullptr;  ///< the kernel's scratch_bytes, 64-byte aligned
};

/// Allocates nothing when run, and returns when its results are there.
struct Kernel {
  std::function<void(const KernelContext&)> run;
  int64_t scratch_bytes = 0;
  /// By its own formula, what run() reads from and writes to memory beyond each operand once: scratch that no
  /// cache keeps until it is read again, operands that it walks over again.
  int64_t extra_bytes = 0;
};

struct BindRequest {
  const Op& op;
  std::span<const TensorType> inputs;
  std::span<const TensorType> outputs;
};

}  // namespace weft
