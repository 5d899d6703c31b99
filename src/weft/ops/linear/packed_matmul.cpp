#include "weft/ops/linear/packed_matmul.h"

#include "weft/graph/op_registry.h"
#include "weft/ops/index_maps.h"
#include "weft/ops/linear/matmul_shape.h"
#include "weft/ops/operand_types.h"

namespace weft {

std::vector<TensorType> PackWeight::infer(std::span<const TensorType> inputs) const {
  expect_inputs("pack_weight", inputs.size(), 1);
  return {{DType::u8, {layout.bytes}}};
}

IndexMap PackWeight::index_map(std::span<const TensorType> inputs,
                               std::span<const TensorType> /*outputs*/) const {
  const Dims& weight = inputs[0].shape;
  IndexMap map{axes_of(weight, weight.size()), {all_axes(weight)}, {}};
  map.outputs = {{along(static_cast<int>(weight.size()))}};
  map.axes.push_back({"bytes", layout.bytes, AxisKind::whole});
  return map;
}

std::vector<TensorType> PackedMatmul::infer(std::span<const TensorType> inputs) const {
  expect_inputs("packed_matmul", inputs.size(), 2);
  expect_dtype("packed_matmul", inputs[1], DType::u8);
  expect_shape("packed_matmul", inputs[1], {layout.bytes});
  return {{out, matmul_output(dims, inputs[0], b)}};
}

IndexMap PackedMatmul::index_map(std::span<const TensorType> inputs,
                                 std::span<const TensorType> /*outputs*/) const {
  IndexMap map = matmul_map(dims, inputs[0].shape, b.shape);
  for (Axis& axis : map.axes) axis.kind = AxisKind::whole;
  map.inputs[1] = {along(static_cast<int>(map.axes.size()))};
  map.axes.push_back({"bytes", layout.bytes, AxisKind::whole});
  return map;
}

double PackedMatmul::flops(std::span<const TensorType> inputs,
                           std::span<const TensorType> /*outputs*/) const {
  return 2 * matmul_map(dims, inputs[0].shape, b.shape).points();
}

void register_packed_matmul(OpRegistry& registry) {
  registry.add<PackWeight>();
  registry.add<PackedMatmul>();
}

}  // namespace weft
