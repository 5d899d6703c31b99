// The packed form of matmul, which a pass puts in the place of products with a weight. Nobody builds it by
// hand.
#include <fmt/format.h>

#include "weft/graph/op_registry.h"
#include "weft/ops/index_maps.h"
#include "weft/ops/matmul_shape.h"
#include "weft/ops/operand_types.h"

namespace weft {

namespace {

/// The plain weight in, its opaque bytes out. Equal keys mean equal bytes, so the attributes of two packs
/// differ exactly where one pack cannot serve both products.
struct PackWeight final : Op {
  kernels::GemmShape shape;
  DType source;
  kernels::PackedLayout layout;
  PackWeight(const kernels::GemmShape& s, DType d, kernels::PackedLayout l)
      : shape(s), source(d), layout(std::move(l)) {}

  std::string_view name() const override { return "pack_weight"; }
  std::string attributes() const override {
    return fmt::format("k={} n={} transposed={} from={} to={} key={}", shape.k, shape.n, shape.transpose_b,
                       name_of(source), name_of(shape.in), layout.key);
  }
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override {
    expect_inputs("pack_weight", inputs.size(), 1);
    return {{DType::u8, {layout.bytes}}};
  }
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType>) const override {
    const Dims& weight = inputs[0].shape;
    IndexMap map{axes_of(weight, weight.size()), {all_axes(weight)}, {}};
    map.outputs = {{along(static_cast<int>(weight.size()))}};
    map.axes.push_back({"bytes", layout.bytes, AxisKind::whole});
    return map;
  }
  Traits traits() const override { return {.hoistable = true, .flops_per_point = 0}; }
};

/// matmul whose second operand is what PackWeight makes. It cannot be divided: passes pack after
/// partitioning.
struct PackedMatmul final : Op {
  MatmulDims dims;
  TensorType b;
  DType out;
  kernels::PackedLayout layout;
  PackedMatmul(const MatmulDims& d, TensorType weight, DType o, kernels::PackedLayout l)
      : dims(d), b(std::move(weight)), out(o), layout(std::move(l)) {}

  std::string_view name() const override { return "packed_matmul"; }
  std::string attributes() const override {
    return fmt::format("{} b={} out={} key={}", to_string(dims), to_string(b), name_of(out), layout.key);
  }
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override {
    expect_inputs("packed_matmul", inputs.size(), 2);
    expect_dtype("packed_matmul", inputs[1], DType::u8);
    expect_shape("packed_matmul", inputs[1], {layout.bytes});
    return {{out, matmul_output(dims, inputs[0], b)}};
  }
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType>) const override {
    IndexMap map = matmul_map(dims, inputs[0].shape, b.shape);
    for (Axis& axis : map.axes) axis.kind = AxisKind::whole;
    map.inputs[1] = {along(static_cast<int>(map.axes.size()))};
    map.axes.push_back({"bytes", layout.bytes, AxisKind::whole});
    return map;
  }
  Traits traits() const override {
    // The packed bytes are an axis of the map, but no loop of the product.
    return {.flops_per_point = 2.0 / static_cast<double>(std::max<int64_t>(layout.bytes, 1))};
  }
};

Kernel bind_pack(const BindRequest& request) {
  const auto& op = static_cast<const PackWeight&>(request.op);
  const auto packer = std::make_shared<const kernels::Packer>(op.shape, op.source);
  const auto run = [packer](const KernelContext& context) {
    packer->run(context.inputs[0].data, context.outputs[0].data, context.scratch);
  };
  return {run, packer->scratch_bytes()};
}

Kernel bind_product(const BindRequest& request) {
  const auto& op = static_cast<const PackedMatmul&>(request.op);
  const auto gemm =
      std::make_shared<const kernels::Gemm>(gemm_shape(op.dims, request.inputs[0], op.b, op.out), true);
  const auto run = [gemm](const KernelContext& context) {
    gemm->run(context.inputs[0].data, context.inputs[1].data, context.outputs[0].data, context.scratch);
  };
  return {run, gemm->scratch_bytes()};
}

}  // namespace

std::optional<PackedForm> packed_matmul(const MatmulDims& dims, const TensorType& a, const TensorType& b,
                                        const TensorType& out) {
  const kernels::GemmShape shape = gemm_shape(dims, a, b, out.dtype);
  if (dims.batch != 0 || a.dtype != shape.in) return std::nullopt;
  if (a.elems() == 0 || b.elems() == 0) return std::nullopt;
  const kernels::PackedLayout layout = kernels::Packer(shape, b.dtype).layout();
  const bool plain = layout.key.starts_with("plain");
  if (plain && b.dtype == shape.in) return std::nullopt;
  return PackedForm{1, std::make_shared<PackWeight>(shape, b.dtype, layout),
                    std::make_shared<PackedMatmul>(dims, b, out.dtype, layout)};
}

void register_packed_matmul(OpRegistry& registry) {
  registry.add({"pack_weight", bind_pack, nullptr});
  registry.add({"packed_matmul", bind_product, nullptr});
}

}  // namespace weft
