#include "weft/tasks/metric/accuracy.h"

#include <fmt/format.h>

#include "weft/ops/reduce/arg_max.h"
#include "weft/ops/reduce/count.h"

namespace weft {

std::vector<Metric::Sum> Accuracy::sums(GraphBuilder& build, ValueId predictions, ValueId targets) const {
  return {{"correct", count(build, {arg_max(build, predictions), targets}, "n0 == n1")}};
}

std::string Accuracy::text(double value) const { return fmt::format("{:.2f}%", 100 * value); }

void register_accuracy(KindsOf<Metric>& kinds) { kinds.add<Accuracy>(); }

}  // namespace weft
