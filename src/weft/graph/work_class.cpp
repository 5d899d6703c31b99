#include "weft/graph/work_class.h"

#include <algorithm>

namespace weft {

namespace {

/// Whether some output lacks an axis, or cannot be computed at a part of one.
bool reduces(const IndexMap& map) {
  for (size_t axis = 0; axis < map.axes.size(); ++axis) {
    if (map.axes[axis].size < 2) continue;
    if (map.axes[axis].kind == AxisKind::whole) return true;
    for (size_t output = 0; output < map.outputs.size(); ++output) {
      if (map.reduces(static_cast<int>(axis), output)) return true;
    }
  }
  return false;
}

}  // namespace

std::string_view name_of(WorkClass work) {
  switch (work) {
    case WorkClass::contraction:
      return "contraction";
    case WorkClass::normalisation:
      return "normalisation";
    case WorkClass::elementwise:
      return "element-wise";
    case WorkClass::movement:
      return "movement";
  }
  return "?";
}

WorkClass class_of(const Op& op, std::span<const TensorType> inputs, std::span<const TensorType> outputs) {
  const Traits traits = op.traits();
  if (op.communication() != nullptr || traits.view) return WorkClass::movement;
  if (traits.contraction) return WorkClass::contraction;
  if (traits.flops_per_point == 0) return WorkClass::movement;
  return reduces(op.index_map(inputs, outputs)) ? WorkClass::normalisation : WorkClass::elementwise;
}

}  // namespace weft
