// What a build without CUDA, or without cuBLASLt, has in place of the .cu files: sentences that say so.
#include "weft/base/check.h"
#include "weft/kernels/cuda/gpu.h"
#include "weft/kernels/cuda/launch_pointwise.h"
#include "weft/kernels/cuda/product.h"

namespace weft::cuda {

#ifndef WEFT_WITH_CUDA

void require_gpu() {
  user_error(
      "device cuda: this build of Weft has no CUDA; configure it with -DWEFT_CUDA=ON, which says what is "
      "missing");
}

DeviceMemoryPtr gpu_memory() { return nullptr; }

void launch_pointwise(const LaunchShape& /*shape*/, const TapeView& /*tape*/, const Tensors& /*tensors*/) {
  require_gpu();
}

#endif

#ifndef WEFT_WITH_CUBLASLT

struct Product::Prepared {};

Product::Product(const kernels::GemmShape& /*shape*/) {
  user_error(
      "matmul: this build of Weft has no product for the device cuda; configure it where cublasLt.h and its "
      "library are found");
}

int64_t Product::scratch_bytes() const { return 0; }

void Product::run(const std::byte* /*a*/, const std::byte* /*b*/, std::byte* /*out*/,
                  std::byte* /*scratch*/) const {}

#endif

}  // namespace weft::cuda
