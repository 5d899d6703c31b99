#include "weft/base/alignment.h"
#include "weft/base/check.h"
#include "weft/graph/device.h"
#include "weft/kernels/elementwise.h"
#include "weft/kernels/matmul.h"
#include "weft/ops/linear/matmul_shape.h"
#include "weft/ops/linear/packed_matmul.h"

namespace weft::cpu {

namespace {

kernels::GemmShape gemm_shape(const MatmulDims& dims, const TensorType& a, const TensorType& b, DType out) {
  const MatmulSizes sizes = matmul_sizes(dims, a, b, out);
  return {.batch = sizes.batch,
          .m = sizes.m,
          .n = sizes.n,
          .k = sizes.k,
          .transpose_a = dims.transpose_a,
          .transpose_b = dims.transpose_b,
          .in = sizes.compute,
          .out = out};
}

Kernel bind_matmul(const Matmul& op, const BindRequest& request) {
  const TensorType a = request.inputs[0];
  const TensorType b = request.inputs[1];
  const kernels::GemmShape shape = gemm_shape(op.dims, a, b, op.out);
  // Shared, because std::function copies; the kernel is the only owner.
  const auto gemm = std::make_shared<const kernels::Gemm>(shape);
  const TensorType rounded_a{shape.in, a.shape};
  const TensorType rounded_b{shape.in, b.shape};
  const int64_t a_bytes = a.dtype == shape.in ? 0 : aligned(rounded_a.bytes());
  const int64_t b_bytes = b.dtype == shape.in ? 0 : aligned(rounded_b.bytes());
  const auto run = [=](const KernelContext& context) {
    // Addresses, not views: copying a view copies its shape, and a step allocates nothing.
    const std::byte* left = context.inputs[0].data;
    const std::byte* right = context.inputs[1].data;
    if (a_bytes > 0) {
      kernels::cast(context.inputs[0], {context.scratch, rounded_a});
      left = context.scratch;
    }
    if (b_bytes > 0) {
      kernels::cast(context.inputs[1], {context.scratch + a_bytes, rounded_b});
      right = context.scratch + a_bytes;
    }
    gemm->run(left, right, context.outputs[0].data, context.scratch + a_bytes + b_bytes);
  };
  // What was rounded is written, and then read in place of the operand.
  return {run, a_bytes + b_bytes + gemm->scratch_bytes(), 2 * (a_bytes + b_bytes) + gemm->extra_bytes()};
}

/// Operand b, if it has no batch dimensions and packing gains something.
std::optional<PackedForm> packed_form(const Matmul& op, const BindRequest& request) {
  const TensorType& a = request.inputs[0];
  const TensorType& b = request.inputs[1];
  const kernels::GemmShape shape = gemm_shape(op.dims, a, b, op.out);
  if (op.dims.batch != 0 || a.dtype != shape.in) return std::nullopt;
  if (a.elems() == 0 || b.elems() == 0) return std::nullopt;
  const kernels::PackedLayout layout = kernels::Packer(shape, b.dtype).layout();
  if (layout.key.starts_with("plain") && b.dtype == shape.in) return std::nullopt;
  auto pack = std::make_shared<PackWeight>();
  pack->k = shape.k;
  pack->n = shape.n;
  pack->transposed = shape.transpose_b;
  pack->from = b.dtype;
  pack->to = shape.in;
  pack->layout = {layout.key, layout.bytes};
  pack->rows = shape.m;
  pack->transpose_a = shape.transpose_a;
  pack->out = shape.out;
  auto product = std::make_shared<PackedMatmul>();
  product->dims = op.dims;
  product->b = b;
  product->out = op.out;
  product->layout = pack->layout;
  return PackedForm{1, std::move(pack), std::move(product)};
}

Kernel bind_pack(const PackWeight& op, const BindRequest& /*request*/) {
  const kernels::GemmShape shape{.m = op.rows,
                                 .n = op.n,
                                 .k = op.k,
                                 .transpose_a = op.transpose_a,
                                 .transpose_b = op.transposed,
                                 .in = op.to,
                                 .out = op.out};
  const auto packer = std::make_shared<const kernels::Packer>(shape, op.from);
  WEFT_CHECK(packer->layout().key == op.layout.key, "pack_weight: the layout {} is now {}", op.layout.key,
             packer->layout().key);
  const auto run = [packer](const KernelContext& context) {
    packer->run(context.inputs[0].data, context.outputs[0].data, context.scratch);
  };
  return {run, packer->scratch_bytes()};
}

Kernel bind_packed(const PackedMatmul& op, const BindRequest& request) {
  const auto gemm =
      std::make_shared<const kernels::Gemm>(gemm_shape(op.dims, request.inputs[0], op.b, op.out), true);
  const auto run = [gemm](const KernelContext& context) {
    gemm->run(context.inputs[0].data, context.inputs[1].data, context.outputs[0].data, context.scratch);
  };
  return {run, gemm->scratch_bytes(), gemm->extra_bytes()};
}

}  // namespace

void register_bind_matmul(Device& device) {
  device.add<Matmul>(bind_matmul);
  device.add<PackWeight>(bind_pack);
  device.add<PackedMatmul>(bind_packed);
  device.add_packing<Matmul>(packed_form);
}

}  // namespace weft::cpu
