#include "weft/ops/fill.h"

#include "weft/graph/op_registry.h"
#include "weft/ops/case_shapes.h"
#include "weft/ops/index_maps.h"
#include "weft/ops/operand_types.h"

namespace weft {

std::vector<TensorType> Fill::infer(std::span<const TensorType> inputs) const {
  expect_inputs("fill", inputs.size(), 0);
  return {type};
}

IndexMap Fill::index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const {
  return trailing_map(type.shape, inputs, outputs);
}

OpPtr Fill::localize(const LocalRegions& regions) const {
  return std::make_shared<Fill>(TensorType{type.dtype, regions.outputs[0].shape()}, value);
}

namespace {

OpCase random_case(CaseRandom& random) {
  const TensorType type = real(random_dims(random, random.between(0, 3)));
  return case_of({}, [type](GraphBuilder& build, std::span<const ValueId>) {
    return std::vector{fill(build, type, 0.75)};
  });
}

}  // namespace

ValueId fill(GraphBuilder& build, const TensorType& type, double value) {
  return build.add1(std::make_shared<Fill>(type, value), {});
}

void register_fill(OpRegistry& registry) { registry.add<Fill>(random_case); }

}  // namespace weft
