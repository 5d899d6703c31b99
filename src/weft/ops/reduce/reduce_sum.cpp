#include "weft/ops/reduce/reduce_sum.h"

#include <array>

#include "weft/ops/reduce/reduce.h"

namespace weft {

ValueId reduce_sum(GraphBuilder& build, ValueId x, double factor) {
  ExpressionBuilder made;
  const Scalar scaled = made.operand(0) * factor;
  return reduce(build, "sum", {x}, made.build(std::array{scaled}), leading_axes_of(build, x))[0];
}

}  // namespace weft
