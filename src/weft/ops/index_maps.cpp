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
  WEFT_CHECK(inputs.size() == outputs.size(), "a move of {} operands to {}", inputs.size(), outputs.size());
  IndexMap map;
  for (size_t o = 0; o < outputs.size(); ++o) {
    const Dims& shape = outputs[o].shape;
    WEFT_CHECK(inputs[o].shape.size() == shape.size(), "a move of {} to {}", to_string(inputs[o]),
               to_string(outputs[o]));
    map.inputs.push_back(along_axes(static_cast<int>(map.axes.size()), static_cast<int>(shape.size())));
    map.outputs.push_back(map.inputs.back());
    for (const int64_t size : shape) {
      map.axes.push_back({fmt::format("d{}", map.axes.size()), size, AxisKind::whole});
    }
  }
  return map;
}

OperandMap all_axes(const Dims& shape) { return along_axes(0, static_cast<int>(shape.size())); }

}  // namespace weft
