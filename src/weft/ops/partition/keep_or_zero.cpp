#include "weft/ops/partition/keep_or_zero.h"

#include "weft/graph/op_registry.h"
#include "weft/ops/index_maps.h"
#include "weft/ops/operand_types.h"

namespace weft {

std::vector<TensorType> KeepOrZero::infer(std::span<const TensorType> inputs) const {
  expect_inputs("keep_or_zero", inputs.size(), 1);
  return {inputs[0]};
}

IndexMap KeepOrZero::index_map(std::span<const TensorType> inputs,
                               std::span<const TensorType> outputs) const {
  return whole_map(inputs, outputs);
}

void register_keep_or_zero(OpRegistry& registry) { registry.add<KeepOrZero>(); }

}  // namespace weft
