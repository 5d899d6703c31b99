#include "weft/ops/pointwise/relu.h"

#include "weft/ops/operand_types.h"
#include "weft/ops/pointwise/pointwise.h"

namespace weft {

ValueId relu(GraphBuilder& build, ValueId x) {
  expect_floating("relu", build.type(x));
  return pointwise(build, {x}, "max(x0, 0)");
}

}  // namespace weft
