#include "weft/optimizers/rule/adamw.h"

#include "weft/ops/optimizer/adamw.h"

namespace weft {

void AdamWRule::update(const ParameterUpdate& at) const {
  const ValueId m = at.state("adam.m");
  const ValueId v = at.state("adam.v");
  const AdamWResults next = adamw(at.build, {at.parameter, at.gradient, m, v, at.rate, at.step, at.factor},
                                  {betas[0], betas[1], epsilon, at.weight_decay});
  at.build.update(at.parameter, next.param);
  at.build.update(m, next.m);
  at.build.update(v, next.v);
}

void register_adamw(KindsOf<Optimizer>& kinds) { kinds.add<AdamWRule>(); }

}  // namespace weft
