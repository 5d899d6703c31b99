#include "weft/ops/pointwise/tanh.h"

#include "weft/ops/operand_types.h"
#include "weft/ops/pointwise/pointwise.h"

namespace weft {

ValueId tanh(GraphBuilder& build, ValueId x) {
  expect_floating("tanh", build.type(x));
  return pointwise(build, {x}, "tanh(x0)");
}

}  // namespace weft
