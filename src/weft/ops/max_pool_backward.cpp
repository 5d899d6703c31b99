#include "weft/ops/max_pool_backward.h"

#include <fmt/format.h>

#include <cstring>

#include "weft/graph/op_registry.h"
#include "weft/kernels/pooling.h"
#include "weft/ops/operand_types.h"
#include "weft/ops/pooling_map.h"

namespace weft {

namespace {

/// A part of dx needs every window that touches it, and a window needs all of its x to know its largest
/// element. So x reaches further than dx (or less far, where no window touches dx): both boxes are kept, in
/// global coordinates.
struct MaxPoolBackward final : Op {
  WindowGeometry geometry;
  Region x_region;
  Region dx_region;
  MaxPoolBackward(WindowGeometry g, Region x, Region dx)
      : geometry(std::move(g)), x_region(std::move(x)), dx_region(std::move(dx)) {}

  std::string_view name() const override { return "max_pool_backward"; }
  std::string attributes() const override {
    return fmt::format("x={} dx={} {}", to_string(x_region), to_string(dx_region), to_string(geometry));
  }
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override {
    expect_inputs(name(), inputs.size(), 2);
    const TensorType& x = inputs[1];
    expect_shape(name(), x, x_region.shape());
    expect_dtype(name(), inputs[0], x.dtype);
    expect_shape(name(), inputs[0], with_spatial(x.shape[0], geometry.output, x.shape.back()));
    return {{x.dtype, dx_region.shape()}};
  }
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType>) const override {
    const PoolingMap map = pooling_map(geometry, inputs[1].shape[0], inputs[1].shape.back());
    return {map.axes, {map.y, map.x}, {map.x}};
  }
  OpPtr localize(const LocalRegions& regions) const override {
    return std::make_shared<MaxPoolBackward>(local_geometry(geometry, regions.inputs[1], regions.inputs[0]),
                                             regions.inputs[1], regions.outputs[0]);
  }
};

struct RowCopy {
  int64_t from = 0;
  int64_t to = 0;
};

/// How the common part of two boxes is copied: rows of `row_bytes`, worked out once.
struct CropPlan {
  std::vector<RowCopy> rows;
  int64_t row_bytes = 0;
};

CropPlan plan_crop(const Region& from, const Region& to, int64_t item_bytes) {
  const Region common = intersect(from, to);
  const size_t last = common.ranges.size() - 1;
  CropPlan plan{{{0, 0}}, common.ranges[last].size() * item_bytes};
  if (common.empty()) return {};
  const Dims from_strides = strides_of(from.shape());
  const Dims to_strides = strides_of(to.shape());
  for (size_t d = 0; d <= last; ++d) {
    std::vector<RowCopy> next;
    const Range& range = common.ranges[d];
    for (const RowCopy& row : plan.rows) {
      for (int64_t i = range.begin; i < (d == last ? range.begin + 1 : range.end); ++i) {
        next.push_back({row.from + (i - from.ranges[d].begin) * from_strides[d] * item_bytes,
                        row.to + (i - to.ranges[d].begin) * to_strides[d] * item_bytes});
      }
    }
    plan.rows = std::move(next);
  }
  return plan;
}

Kernel bind_cropped(const MaxPoolBackward& op, const TensorType& x) {
  const kernels::Window window = pooling_window(op.geometry);
  const CropPlan plan = plan_crop(op.x_region, op.dx_region, bytes_of(x.dtype));
  const auto run = [window, plan, x](const KernelContext& context) {
    const View whole{context.scratch, x};
    const View& dx = context.outputs[0];
    if (x.elems() > 0) kernels::max_pool_backward(context.inputs[0], context.inputs[1], window, whole);
    if (dx.bytes() > 0) std::memset(dx.data, 0, static_cast<size_t>(dx.bytes()));
    for (const RowCopy& row : plan.rows) {
      std::memcpy(dx.data + row.to, whole.data + row.from, static_cast<size_t>(plan.row_bytes));
    }
  };
  return {run, x.bytes()};
}

Kernel bind(const BindRequest& request) {
  const auto& op = static_cast<const MaxPoolBackward&>(request.op);
  if (op.x_region != op.dx_region) return bind_cropped(op, request.inputs[1]);
  return {[window = pooling_window(op.geometry)](const KernelContext& context) {
    kernels::max_pool_backward(context.inputs[0], context.inputs[1], window, context.outputs[0]);
  }};
}

}  // namespace

ValueId max_pool_backward(GraphBuilder& build, ValueId dy, ValueId x, const WindowGeometry& geometry) {
  const Region all = Region::all(build.type(x).shape);
  return build.add1(std::make_shared<MaxPoolBackward>(geometry, all, all), {dy, x});
}

void register_max_pool_backward(OpRegistry& registry) { registry.add({"max_pool_backward", bind, nullptr}); }

}  // namespace weft
