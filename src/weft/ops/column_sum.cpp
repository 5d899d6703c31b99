#include "weft/ops/column_sum.h"

#include "weft/graph/op_registry.h"
#include "weft/ops/add.h"
#include "weft/ops/case_shapes.h"
#include "weft/ops/cast.h"
#include "weft/ops/fill.h"
#include "weft/ops/index_maps.h"
#include "weft/ops/operand_types.h"

namespace weft {

std::vector<TensorType> ColumnSum::infer(std::span<const TensorType> inputs) const {
  expect_inputs("column_sum", inputs.size(), 1);
  expect_floating("column_sum", inputs[0]);
  expect_rank_at_least("column_sum", inputs[0], static_cast<size_t>(kept));
  return {{statistics_of(inputs[0].dtype), trailing(inputs[0].shape, static_cast<size_t>(kept))}};
}

IndexMap ColumnSum::index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const {
  return trailing_map(inputs[0].shape, inputs, outputs);
}

std::vector<std::optional<ValueId>> ColumnSum::gradient(const GradientContext& context) const {
  const ValueId zeros = fill(context.build, context.build.type(context.inputs[0]), 0);
  return {add(context.build, zeros, *context.output_gradients[0])};
}

namespace {

OpCase random_case(CaseRandom& random) {
  const Dims shape = random_dims(random, random.between(1, 3), 9);
  const int kept = static_cast<int>(random.between(0, static_cast<int64_t>(shape.size())));
  return case_of({real(shape)}, [kept](GraphBuilder& build, std::span<const ValueId> in) {
    return std::vector{column_sum(build, in[0], kept)};
  });
}

}  // namespace

ValueId column_sum(GraphBuilder& build, ValueId x, int kept) {
  return build.add1(std::make_shared<ColumnSum>(kept), {x});
}

void register_column_sum(OpRegistry& registry) { registry.add<ColumnSum>(random_case); }

}  // namespace weft
