#include "weft/ops/optimizer/clip_factor.h"

#include "weft/graph/op_registry.h"
#include "weft/ops/case_shapes.h"
#include "weft/ops/operand_types.h"

namespace weft {

std::vector<TensorType> ClipFactor::infer(std::span<const TensorType> inputs) const {
  expect_inputs("clip_factor", inputs.size(), 1);
  expect_statistics("clip_factor", inputs[0], inputs[0].dtype, {});
  return {inputs[0]};
}

IndexMap ClipFactor::index_map(std::span<const TensorType> /*inputs*/,
                               std::span<const TensorType> /*outputs*/) const {
  return {{}, {{}}, {{}}};
}

namespace {

OpCase random_case(CaseRandom& random) {
  const double max_norm = random.coin() ? 0.5 : 0;
  OpCase result = case_of({real({})}, [max_norm](GraphBuilder& build, std::span<const ValueId> in) {
    return std::vector{clip_factor(build, in[0], max_norm)};
  });
  result.differentiable = {false};
  result.low = 0;
  return result;
}

}  // namespace

ValueId clip_factor(GraphBuilder& build, ValueId sum_squares, double max_norm) {
  return build.add1(std::make_shared<ClipFactor>(max_norm), {sum_squares});
}

void register_clip_factor(OpRegistry& registry) { registry.add<ClipFactor>(random_case); }

}  // namespace weft
