#pragma once
// The GPU: whether there is one, and its memory. What needs CUDA stands in .cu files; what a build without it
// says instead, in absent.cpp.
#include "weft/graph/device_memory.h"

namespace weft::cuda {

/// UserError where this build or this machine has none: "device cuda: no GPU found (cudaErrorNoDevice: …".
void require_gpu();

/// Memory of the current GPU, which is not touched before memory is allocated. Null in a build without CUDA.
DeviceMemoryPtr gpu_memory();

}  // namespace weft::cuda
