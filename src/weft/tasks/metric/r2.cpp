#include "weft/tasks/metric/r2.h"

#include <limits>

#include "weft/ops/reduce/reduce.h"

namespace weft {

std::vector<Metric::Sum> Determination::sums(GraphBuilder& build, ValueId predictions,
                                             ValueId targets) const {
  const std::vector<int> all = leading_axes_of(build, predictions);
  // x0 the prediction; a target that is not a number adds nothing.
  const auto made =
      reduce(build, "sum", {predictions, targets},
             "known = x1 == x1; off = select(known, x0 - x1, 0.0); target = select(known, x1, 0.0); "
             "off * off, target, target * target",
             all);
  return {{"errors", made[0]}, {"targets", made[1]}, {"squares", made[2]}};
}

double Determination::value(const Totals& totals) const {
  const double mean = totals.at("targets") / totals.targets;
  const double spread = totals.at("squares") - totals.targets * mean * mean;
  if (!(spread > 0)) return std::numeric_limits<double>::quiet_NaN();
  return 1 - totals.at("errors") / spread;
}

void register_r2(KindsOf<Metric>& kinds) { kinds.add<Determination>(); }

}  // namespace weft
