#include "weft/ops/partition/take_region.h"

#include "weft/base/check.h"
#include "weft/graph/op_registry.h"
#include "weft/ops/index_maps.h"
#include "weft/ops/operand_types.h"

namespace weft {

std::vector<TensorType> TakeRegion::infer(std::span<const TensorType> inputs) const {
  expect_inputs("take_region", inputs.size(), 1);
  expect_shape("take_region", inputs[0], outer.shape());
  if (inner.ranges.size() != outer.ranges.size() || !outer.contains(inner)) {
    user_error("take_region: got {} of {}, expected a box within it.", to_string(inner), to_string(outer));
  }
  return {{inputs[0].dtype, inner.shape()}};
}

IndexMap TakeRegion::index_map(std::span<const TensorType> inputs,
                               std::span<const TensorType> outputs) const {
  return whole_map(inputs, outputs);
}

void register_take_region(OpRegistry& registry) { registry.add<TakeRegion>(); }

}  // namespace weft
