#include "weft/kernels/cuda/pointwise_kernel.h"

namespace weft::cuda {

PointwiseKernel::PointwiseKernel(const kernels::PointwiseSpec& spec, std::span<const TensorType> operands,
                                 std::span<const TensorType> results, DeviceMemoryPtr memory)
    : memory_(std::move(memory)) {
  if (spec.region.empty()) return;
  const Tape tape = compile_tape(spec, operands, results);
  const TapeImage image(tape);
  shape_ = launch_shape(tape.points(), tape.slots, tape.wide);
  bytes_ = static_cast<int64_t>(image.bytes().size());
  uploaded_ = memory_->allocate(bytes_);
  memory_->upload(uploaded_, image.bytes().data(), bytes_);
  tape_ = image.at(uploaded_);
}

PointwiseKernel::~PointwiseKernel() {
  if (uploaded_ != nullptr) memory_->release(uploaded_, bytes_);
}

void PointwiseKernel::run(const Tensors& tensors) const {
  if (uploaded_ != nullptr) launch_pointwise(shape_, tape_, tensors);
}

}  // namespace weft::cuda
