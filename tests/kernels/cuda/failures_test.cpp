#include "weft/kernels/cuda/failures.h"

#include "tests/ops/expect_error.h"

namespace weft::cuda {
namespace {

using testing::expect_internal_error;
using testing::expect_user_error;

TEST(CudaFailures, SayWhatIsMissing) {
  expect_user_error(
      [] { fail_without_gpu("cudaErrorNoDevice", "no CUDA-capable device is detected"); },
      "device cuda: no GPU found (cudaErrorNoDevice: no CUDA-capable device is detected); run.device = "
      "\"cpu\" needs none");
  expect_user_error([] { fail_without_memory(1234); },
                    "not enough memory: 1234 bytes cannot be had on the device cuda");
  // A product of [5, 2, 4] and [5, 4, 3].
  expect_user_error([] { fail_without_algorithm({.batch = 5, .m = 2, .n = 3, .k = 4, .in = DType::bf16}); },
                    "matmul: cuBLASLt has no algorithm for 5 products of 2 by 4 by 3 in bf16 on this GPU");
}

TEST(CudaFailures, OfACallAreBugs) {
  expect_internal_error([] { fail("cudaMalloc", "cudaErrorUnknown", "unknown error"); },
                        "device cuda: cudaMalloc failed (cudaErrorUnknown: unknown error)");
}

}  // namespace
}  // namespace weft::cuda
