#include "weft/ops/pointwise/scale.h"

#include "weft/ops/operand_types.h"
#include "weft/ops/pointwise/pointwise.h"

namespace weft {

ValueId scale(GraphBuilder& build, ValueId x, double factor) {
  expect_floating("scale", build.type(x));
  return pointwise(build, {x}, [factor](std::span<const Scalar> operands) { return operands[0] * factor; });
}

}  // namespace weft
