#include "weft/optimizers/rule/lamb.h"

#include <fmt/format.h>

#include "weft/ops/pointwise/elementwise.h"
#include "weft/ops/pointwise/pointwise.h"
#include "weft/ops/reduce/reduce.h"

namespace weft {

void LambRule::update(const ParameterUpdate& at) const {
  GraphBuilder& build = at.build;
  const ValueId m = at.state("lamb.m");
  const ValueId v = at.state("lamb.v");
  // p, g, m, v, step, factor. Where the factor is NaN nothing changes: moments here, the parameter below.
  const std::string moments = fmt::format(
      "g = x1 * x5; ok = x5 == x5; t = real(n4); "
      "m = select(ok, {0} * x2 + (1.0 - {0}) * g, x2); v = select(ok, {1} * x3 + (1.0 - {1}) * g * g, x3); "
      "m / (1.0 - pow({0}, t)) / (sqrt(v / (1.0 - pow({1}, t))) + {2}) + {3} * x0, m, v",
      real(betas[0]), real(betas[1]), real(epsilon), real(at.weight_decay));
  const auto next = elementwise(build, {at.parameter, at.gradient, m, v, at.step, at.factor}, moments);
  const std::vector<int> all = leading_axes_of(build, at.parameter);
  const auto norms = reduce(build, "sum", {at.parameter, next[0]}, "x0 * x0, x1 * x1", all);
  const ValueId stepped = pointwise(
      build, {at.parameter, next[0], norms[0], norms[1], at.rate, at.factor},
      "ratio = select(x2 * x3 > 0.0, sqrt(x2 / x3), 1.0); select(x5 == x5, x0 - x4 * ratio * x1, x0)");
  build.update(at.parameter, stepped);
  build.update(m, next[1]);
  build.update(v, next[2]);
}

void register_lamb(KindsOf<Optimizer>& kinds) { kinds.add<LambRule>(); }

}  // namespace weft
