#include "weft/tasks/loss/mse.h"

#include "weft/ops/loss/mse.h"
#include "weft/ops/pointwise/cast.h"

namespace weft {

ValueId SquaredErrorLoss::of(GraphBuilder& build, ValueId predictions, ValueId targets, int64_t count) const {
  const ValueId wide = cast(build, predictions, build.type(targets).dtype);
  return mse(build, wide, targets, 1 / static_cast<double>(count));
}

void register_mse(KindsOf<Loss>& kinds) { kinds.add<SquaredErrorLoss>(); }

}  // namespace weft
