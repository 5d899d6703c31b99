#include "weft/ops/pointwise/cast.h"

#include "weft/ops/operand_types.h"
#include "weft/ops/pointwise/pointwise.h"

namespace weft {

ValueId cast(GraphBuilder& build, ValueId x, DType dtype) {
  if (build.type(x).dtype == dtype) return x;
  expect_floating("cast", build.type(x));
  return pointwise(build, {x}, "x0", dtype);
}

}  // namespace weft
