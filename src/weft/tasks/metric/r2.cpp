#include "weft/tasks/metric/r2.h"

#include <limits>

#include "weft/ops/pointwise/cast.h"
#include "weft/ops/reduce/reduce.h"

namespace weft {

std::vector<Metric::Sum> Determination::sums(GraphBuilder& build, ValueId predictions,
                                             ValueId targets) const {
  const std::vector<int> all = leading_axes_of(build, predictions);
  // The spread is a difference of sums of squares, which in f32 has no digit left where targets lie far from
  // zero. x0 is the prediction; a target that is not a number adds nothing.
  const auto made =
      reduce(build, "sum", {cast(build, predictions, DType::f64), cast(build, targets, DType::f64)},
             "known = x1 == x1; off = select(known, x0 - x1, 0.0); target = select(known, x1, 0.0); "
             "off * off, target, target * target",
             all);
  return {{"errors", made[0]}, {"targets", made[1]}, {"squares", made[2]}};
}

double Determination::value(const Totals& totals) const {
  // Less than the sums' own rounding leaves of targets that are equal: f32 cannot say such a spread either.
  constexpr double kNoSpread = 1e-12;
  const double mean = totals.at("targets") / totals.targets;
  const double squares = totals.at("squares");
  const double spread = squares - totals.targets * mean * mean;
  if (!(spread > kNoSpread * squares)) return std::numeric_limits<double>::quiet_NaN();
  return 1 - totals.at("errors") / spread;
}

void register_r2(KindsOf<Metric>& kinds) { kinds.add<Determination>(); }

}  // namespace weft
