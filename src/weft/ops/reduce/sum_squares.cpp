#include "weft/ops/reduce/sum_squares.h"

#include "weft/ops/reduce/reduce.h"

namespace weft {

ValueId sum_squares(GraphBuilder& build, ValueId x) {
  return reduce(build, "sum", {x}, "x0 * x0", leading_axes_of(build, x))[0];
}

}  // namespace weft
