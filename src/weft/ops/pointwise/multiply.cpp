#include "weft/ops/pointwise/multiply.h"

#include "weft/ops/operand_types.h"
#include "weft/ops/pointwise/pointwise.h"

namespace weft {

ValueId multiply(GraphBuilder& build, ValueId a, ValueId b) {
  expect_floating("multiply", build.type(a));
  expect_same("multiply", build.type(a), build.type(b));
  return pointwise(build, {a, b}, "x0 * x1");
}

}  // namespace weft
