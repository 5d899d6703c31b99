#pragma once
#include <cuda_runtime.h>

#include "weft/kernels/cuda/failures.h"

namespace weft::cuda {

/// InternalError that names the call, unless it succeeded.
inline void check(cudaError_t status, const char* call) {
  if (status != cudaSuccess) fail(call, cudaGetErrorName(status), cudaGetErrorString(status));
}

/// After a kernel: reports what went wrong when it was launched and while it ran.
inline void finish(const char* kernel) {
  check(cudaGetLastError(), kernel);
  check(cudaStreamSynchronize(nullptr), kernel);
}

}  // namespace weft::cuda
