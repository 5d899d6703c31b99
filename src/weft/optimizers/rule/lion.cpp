#include "weft/optimizers/rule/lion.h"

#include <fmt/format.h>

#include "weft/ops/pointwise/elementwise.h"

namespace weft {

void LionRule::update(const ParameterUpdate& at) const {
  const ValueId m = at.state("lion.m");
  // p, g, m, learning rate, factor. Where the factor is NaN nothing changes.
  const std::string text = fmt::format(
      "g = x1 * x4; ok = x4 == x4; step = sign({0} * x2 + (1.0 - {0}) * g) + {2} * x0; "
      "select(ok, x0 - x3 * step, x0), select(ok, {1} * x2 + (1.0 - {1}) * g, x2)",
      real(betas[0]), real(betas[1]), real(at.weight_decay));
  const auto next = elementwise(at.build, {at.parameter, at.gradient, m, at.rate, at.factor}, text);
  at.build.update(at.parameter, next[0]);
  at.build.update(m, next[1]);
}

void register_lion(KindsOf<Optimizer>& kinds) { kinds.add<LionRule>(); }

}  // namespace weft
