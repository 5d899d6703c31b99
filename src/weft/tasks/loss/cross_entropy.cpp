#include "weft/tasks/loss/cross_entropy.h"

#include "weft/ops/loss/cross_entropy.h"

namespace weft {

ValueId CrossEntropyLoss::of(GraphBuilder& build, ValueId predictions, ValueId targets, int64_t count) const {
  return cross_entropy(build, predictions, targets, count);
}

void register_cross_entropy(KindsOf<Loss>& kinds) { kinds.add<CrossEntropyLoss>(); }

}  // namespace weft
