#include "weft/graph/device.h"

#include "weft/kernels/cuda/gpu.h"

namespace weft::cuda {

void register_device(Device& device) {
  device.describe(
      "an NVIDIA GPU, in a build that found nvcc: three kernels, which compile and have never been run");
  device.use_memory(gpu_memory());
  device.use_when(require_gpu);
}

}  // namespace weft::cuda
