#include "weft/kernels/cuda/launch_pointwise.h"

#include "weft/kernels/cuda/interpreter.h"
#include "weft/kernels/cuda/status.cuh"

namespace weft::cuda {

namespace {

/// All threads of a warp are at the same instruction: the tape has no branches. A thread's slots lie in
/// shared memory, beside those of its neighbours.
template <class L>
__global__ void interpret(TapeView tape, Tensors tensors) {
  extern __shared__ double shared[];  // of doubles, for their alignment
  L* slots = reinterpret_cast<L*>(shared) + threadIdx.x;
  const int64_t step = int64_t{gridDim.x} * blockDim.x;
  for (int64_t point = int64_t{blockIdx.x} * blockDim.x + threadIdx.x; point < tape.points; point += step) {
    run_point(tape, tensors, point, slots, blockDim.x);
  }
}

}  // namespace

void launch_pointwise(const LaunchShape& shape, const TapeView& tape, const Tensors& tensors) {
  const auto kernel = shape.wide ? interpret<WideLane> : interpret<NarrowLane>;
  kernel<<<shape.blocks, shape.threads, static_cast<size_t>(shape.shared_bytes)>>>(tape, tensors);
  finish("pointwise");
}

}  // namespace weft::cuda
