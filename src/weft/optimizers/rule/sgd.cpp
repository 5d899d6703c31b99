#include "weft/optimizers/rule/sgd.h"

#include "weft/ops/optimizer/sgd.h"

namespace weft {

void SgdRule::update(const ParameterUpdate& at) const {
  const ValueId state = at.state("sgd.momentum");
  const SgdResults next =
      sgd(at.build, {at.parameter, at.gradient, state, at.rate, at.factor}, {momentum, at.weight_decay});
  at.build.update(at.parameter, next.param);
  at.build.update(state, next.momentum);
}

void register_sgd(KindsOf<Optimizer>& kinds) { kinds.add<SgdRule>(); }

}  // namespace weft
