#include "weft/tasks/metric/mae.h"

#include "weft/ops/reduce/reduce.h"

namespace weft {

std::vector<Metric::Sum> MeanAbsoluteError::sums(GraphBuilder& build, ValueId predictions,
                                                 ValueId targets) const {
  // x0 the prediction; a target that is not a number adds nothing.
  return {{"differences", reduce(build, "sum", {predictions, targets}, "select(x1 == x1, abs(x0 - x1), 0.0)",
                                 leading_axes_of(build, predictions))[0]}};
}

void register_mae(KindsOf<Metric>& kinds) { kinds.add<MeanAbsoluteError>(); }

}  // namespace weft
