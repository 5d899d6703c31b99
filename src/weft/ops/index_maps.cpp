#include "weft/ops/index_maps.h"

#include <fmt/format.h>

#include "weft/base/check.h"

namespace weft {

std::vector<Axis> axes_of(const Dims& shape, size_t whole) {
  std::vector<Axis> axes;
  for (size_t d = 0; d < shape.size(); ++d) {
    const bool free = d + whole < shape.size();
    axes.push_back({fmt::format("d{}", d), shape[d], free ? AxisKind::parallel : AxisKind::whole});
  }
  return axes;
}

IndexMap trailing_map(const Dims& shape, std::span<const TensorType> inputs,
                      std::span<const TensorType> outputs) {
  const auto operand = [&](const TensorType& type) {
    const int rank = static_cast<int>(type.shape.size());
    return along_axes(static_cast<int>(shape.size()) - rank, rank);
  };
  IndexMap map{axes_of(shape), {}, {}};
  for (const TensorType& type : inputs) map.inputs.push_back(operand(type));
  for (const TensorType& type : outputs) map.outputs.push_back(operand(type));
  return map;
}

IndexMap whole_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) {
  const Dims& shape = outputs[0].shape;
  const OperandMap dims = along_axes(0, static_cast<int>(shape.size()));
  IndexMap map{{}, {dims}, {dims}};
  WEFT_CHECK(inputs.size() == 1 && inputs[0].shape.size() == shape.size(), "a move of {} operands",
             inputs.size());
  for (size_t d = 0; d < shape.size(); ++d) {
    map.axes.push_back({fmt::format("d{}", d), shape[d], AxisKind::whole});
  }
  return map;
}

OperandMap all_axes(const Dims& shape) { return along_axes(0, static_cast<int>(shape.size())); }

OperandMap leading_axes(const Dims& shape) { return along_axes(0, static_cast<int>(shape.size()) - 1); }

OperandMap last_axis(const Dims& shape) { return along_axes(static_cast<int>(shape.size()) - 1, 1); }

}  // namespace weft
