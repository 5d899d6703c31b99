#include "weft/tasks/metric.h"

#include <fmt/format.h>

namespace weft {

const KindsOf<Metric>& Metric::kinds() {
  static const auto kKinds = KindsOf<Metric>::from(register_all_metrics);
  return kKinds;
}

std::string Metric::text(double value) const { return fmt::format("{:.4f}", value); }

}  // namespace weft
