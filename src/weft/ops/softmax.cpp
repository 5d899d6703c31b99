#include "weft/ops/softmax.h"

#include "weft/ops/operand_types.h"
#include "weft/ops/reduce.h"

namespace weft {

ValueId softmax(GraphBuilder& build, ValueId x) {
  expect_floating("softmax", build.type(x));
  expect_rank_at_least("softmax", build.type(x), 1);
  std::vector<int> rows = leading_axes_of(build, x, 1);
  const int last = static_cast<int>(rows.size());
  const std::vector<ValueId> pair = reduce(build, "max_exp_sum", {x}, "x0", {last});
  return pointwise_beside(build, x, {{pair[0], rows}, {pair[1], rows}}, "exp(x0 - x1) / x2");
}

}  // namespace weft
