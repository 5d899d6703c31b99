#pragma once
// The launch of a tape's interpreter over all points of a box.
#include "weft/kernels/cuda/instruction.h"

namespace weft::cuda {

/// Threads of a block, and blocks, each of whose threads takes every (blocks * threads)-th point.
struct LaunchShape {
  int threads = 0;
  int blocks = 0;
  int64_t shared_bytes = 0;  ///< of a block, for the slots of its threads
  bool wide = false;
};

/// For `points` points, at least one, of a tape with so many slots. UserError where not even the slots of one
/// warp fit.
LaunchShape launch_shape(int64_t points, int slots, bool wide);

/// Returns when the results are there. The tape and the tensors lie in the GPU's memory.
void launch_pointwise(const LaunchShape& shape, const TapeView& tape, const Tensors& tensors);

}  // namespace weft::cuda
