#include "weft/ops/pointwise/add.h"

#include "weft/base/check.h"
#include "weft/ops/operand_types.h"
#include "weft/ops/pointwise/pointwise.h"

namespace weft {

ValueId add(GraphBuilder& build, ValueId a, ValueId b) {
  const TensorType whole = build.type(a);
  const TensorType tail = build.type(b);
  expect_floating("add", whole);
  if (tail.shape.size() > whole.shape.size() || trailing(whole.shape, tail.shape.size()) != tail.shape) {
    user_error("add: got {} and {}, expected the second shape to end the first.", to_string(whole),
               to_string(tail));
  }
  if (tail.dtype != whole.dtype) expect_dtype("add", tail, statistics_of(whole.dtype));
  return pointwise(build, {a, b}, "x0 + x1");
}

}  // namespace weft
