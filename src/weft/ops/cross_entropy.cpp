#include "weft/ops/cross_entropy.h"

#include "weft/base/check.h"
#include "weft/ops/operand_types.h"
#include "weft/ops/reduce.h"
#include "weft/ops/xent_loss.h"
#include "weft/ops/xent_sums.h"

namespace weft {

ValueId cross_entropy(GraphBuilder& build, ValueId logits, ValueId targets, int64_t global_rows) {
  if (global_rows < 1) user_error("cross_entropy: got {} rows, expected at least one.", global_rows);
  expect_rank_at_least("cross_entropy", build.type(logits), 1);
  const int classes = static_cast<int>(build.type(logits).shape.size()) - 1;
  const ValueId max = reduce(build, "max", {logits}, "x0", {classes})[0];
  const ValueId sums = xent_sums(build, logits, max, targets);
  return xent_loss(build, max, sums, targets, 1.0 / static_cast<double>(global_rows));
}

}  // namespace weft
