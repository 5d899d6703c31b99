#include "weft/base/alignment.h"
#include "weft/graph/device.h"
#include "weft/kernels/cuda/gpu.h"
#include "weft/kernels/cuda/pointwise_kernel.h"
#include "weft/kernels/cuda/product.h"
#include "weft/ops/linear/matmul_shape.h"

namespace weft::cuda {

namespace {

/// An operand in the dtype that products are computed in: as it is, or rounded into scratch.
class RoundedOperand {
 public:
  RoundedOperand(const TensorType& type, DType dtype) {
    if (type.dtype == dtype) return;
    ExpressionBuilder build;
    const Scalar element[] = {build.operand(0)};
    const Dims elems = {type.elems()};
    const TensorType from{type.dtype, elems};
    const TensorType to{dtype, elems};
    const kernels::PointwiseSpec spec{build.build(element), Region::all(elems), elems, {{0}}, {{0}}};
    cast_ =
        std::make_shared<const PointwiseKernel>(spec, std::span(&from, 1), std::span(&to, 1), gpu_memory());
    bytes_ = aligned(to.bytes());
  }

  /// A multiple of the alignment of DeviceMemory.
  int64_t scratch_bytes() const { return bytes_; }
  /// Where it is, for the product.
  const std::byte* at(std::byte* data, std::byte* scratch) const {
    if (cast_ == nullptr) return data;
    cast_->run({{data, scratch}});
    return scratch;
  }

 private:
  std::shared_ptr<const PointwiseKernel> cast_;  ///< null: no cast
  int64_t bytes_ = 0;
};

Kernel bind_matmul(const Matmul& op, const BindRequest& request) {
  const MatmulSizes sizes = matmul_sizes(op.dims, request.inputs[0], request.inputs[1], op.out);
  const Product product({.batch = sizes.batch,
                         .m = sizes.m,
                         .n = sizes.n,
                         .k = sizes.k,
                         .transpose_a = op.dims.transpose_a,
                         .transpose_b = op.dims.transpose_b,
                         .in = sizes.compute,
                         .out = op.out});
  const RoundedOperand a(request.inputs[0], sizes.compute);
  const RoundedOperand b(request.inputs[1], sizes.compute);
  const auto run = [=](const KernelContext& context) {
    std::byte* scratch_b = context.scratch + a.scratch_bytes();
    std::byte* workspace = scratch_b + b.scratch_bytes();
    product.run(a.at(context.inputs[0].data, context.scratch), b.at(context.inputs[1].data, scratch_b),
                context.outputs[0].data, workspace);
  };
  return {run, a.scratch_bytes() + b.scratch_bytes() + product.scratch_bytes()};
}

}  // namespace

void register_bind_matmul(Device& device) { device.add<Matmul>(bind_matmul); }

}  // namespace weft::cuda
