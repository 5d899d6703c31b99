#include "weft/ops/add.h"

#include "weft/base/check.h"
#include "weft/graph/op_registry.h"
#include "weft/ops/case_shapes.h"
#include "weft/ops/cast.h"
#include "weft/ops/column_sum.h"
#include "weft/ops/index_maps.h"
#include "weft/ops/operand_types.h"

namespace weft {

std::vector<TensorType> Add::infer(std::span<const TensorType> inputs) const {
  expect_inputs("add", inputs.size(), 2);
  const TensorType& a = inputs[0];
  const TensorType& b = inputs[1];
  expect_floating("add", a);
  if (b.shape.size() > a.shape.size() || trailing(a.shape, b.shape.size()) != b.shape) {
    user_error("add: got {} and {}, expected the second shape to end the first.", to_string(a), to_string(b));
  }
  if (b.dtype != a.dtype) expect_dtype("add", b, statistics_of(a.dtype));
  return {a};
}

IndexMap Add::index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const {
  return trailing_map(inputs[0].shape, inputs, outputs);
}

std::vector<std::optional<ValueId>> Add::gradient(const GradientContext& context) const {
  GraphBuilder& build = context.build;
  const ValueId dy = *context.output_gradients[0];
  const TensorType b = build.type(context.inputs[1]);
  std::optional<ValueId> db;
  if (context.needed[1]) {
    const bool same = b.shape == build.type(dy).shape;
    db = cast(build, same ? dy : column_sum(build, dy, static_cast<int>(b.shape.size())), b.dtype);
  }
  return {dy, db};
}

namespace {

OpCase random_case(CaseRandom& random) {
  const Dims shape = random_dims(random, random.between(1, 3));
  const Dims tail =
      trailing(shape, static_cast<size_t>(random.between(0, static_cast<int64_t>(shape.size()))));
  return case_of({real(shape), real(tail)}, [](GraphBuilder& build, std::span<const ValueId> in) {
    return std::vector{add(build, in[0], in[1])};
  });
}

}  // namespace

ValueId add(GraphBuilder& build, ValueId a, ValueId b) { return build.add1(std::make_shared<Add>(), {a, b}); }

void register_add(OpRegistry& registry) { registry.add<Add>(random_case); }

}  // namespace weft
