#include "weft/kernels/cuda/failures.h"

#include "weft/base/check.h"

namespace weft::cuda {

void fail(const char* call, const char* name, const char* meaning) {
  internal_error(__FILE__, __LINE__, "device cuda: {} failed ({}: {})", call, name, meaning);
}

void fail_without_gpu(const char* name, const char* meaning) {
  user_error("device cuda: no GPU found ({}: {}); run.device = \"cpu\" needs none", name, meaning);
}

void fail_without_memory(int64_t bytes) {
  user_error("not enough memory: {} bytes cannot be had on the device cuda", bytes);
}

void fail_without_algorithm(const kernels::GemmShape& shape) {
  user_error("matmul: cuBLASLt has no algorithm for {} products of {} by {} by {} in {} on this GPU",
             shape.batch, shape.m, shape.k, shape.n, name_of(shape.in));
}

}  // namespace weft::cuda
