#pragma once
#include <memory>

#include "weft/graph/device_memory.h"
#include "weft/kernels/cuda/launch_pointwise.h"
#include "weft/kernels/cuda/pointwise_tape.h"

namespace weft::cuda {

/// A tape in the memory of the GPU, ready to be launched.
class PointwiseKernel {
 public:
  /// `memory` is the GPU's, which the tape is uploaded to.
  PointwiseKernel(const kernels::PointwiseSpec& spec, std::span<const TensorType> operands,
                  std::span<const TensorType> results, DeviceMemoryPtr memory);
  ~PointwiseKernel();
  PointwiseKernel(const PointwiseKernel&) = delete;
  PointwiseKernel& operator=(const PointwiseKernel&) = delete;

  /// Addresses of the operands, then of the results. A result may lie over an operand of its axes and size of
  /// elements. Allocates nothing.
  void run(const Tensors& tensors) const;

 private:
  DeviceMemoryPtr memory_;
  TapeView tape_;
  LaunchShape shape_;
  std::byte* uploaded_ = nullptr;
  int64_t bytes_ = 0;
};

}  // namespace weft::cuda
