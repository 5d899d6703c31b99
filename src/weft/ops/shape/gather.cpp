#include "weft/ops/shape/gather.h"

#include <fmt/format.h>

#include <array>

#include "weft/base/check.h"
#include "weft/expression/text.h"
#include "weft/ops/operand_types.h"
#include "weft/ops/pointwise/pointwise.h"

namespace weft {

namespace {

/// `index` as text: a number, or an operand behind x.
ValueId gather_at(GraphBuilder& build, std::vector<ValueId> operands, int axis, const std::string& index) {
  const TensorType type = build.type(operands[0]);
  expect_floating("gather", type);
  expect_axis("gather", type, axis);
  Pointwise op = trailing_pointwise(build, std::array{operands[0]});
  op.operands.resize(operands.size());
  op.expression = parse_expression(fmt::format("select(index[{}] == {}, x0, 0.0)", axis, index));
  op.results = op.operands;
  op.results.resize(1);
  std::erase(op.results[0], axis);
  op.reductions = {"sum"};
  op.dtypes = {type.dtype};
  return pointwise(build, operands, std::move(op))[0];
}

}  // namespace

ValueId gather(GraphBuilder& build, ValueId x, int axis, int64_t index) {
  const Dims& shape = build.type(x).shape;
  if (axis >= 0 && axis < std::ssize(shape) && (index < 0 || index >= shape[static_cast<size_t>(axis)])) {
    user_error("gather: got the index {} along axis {} of {}, expected one within it.", index, axis,
               to_string(build.type(x)));
  }
  return gather_at(build, {x}, axis, std::to_string(index));
}

ValueId gather(GraphBuilder& build, ValueId x, int axis, ValueId index) {
  expect_same("gather", build.type(index), {DType::i64, {}});
  return gather_at(build, {x, index}, axis, "n1");
}

}  // namespace weft
