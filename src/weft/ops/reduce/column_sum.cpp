#include "weft/ops/reduce/column_sum.h"

#include "weft/ops/reduce/reduce.h"

namespace weft {

ValueId column_sum(GraphBuilder& build, ValueId x, int kept) {
  return reduce(build, "sum", {x}, "x0", leading_axes_of(build, x, kept))[0];
}

}  // namespace weft
