#include "weft/tasks/metric.h"

#include <fmt/format.h>

#include <cmath>

namespace weft {

const KindsOf<Metric>& Metric::kinds() {
  static const auto kKinds = KindsOf<Metric>::from(register_all_metrics);
  return kKinds;
}

bool is_better(Better which, double value, double other) {
  switch (which) {
    case Better::more:
      return value > other;
    case Better::less:
      return value < other;
    case Better::nearer_zero:
      return std::abs(value) < std::abs(other);
  }
  return false;
}

std::string Metric::text(double value) const { return fmt::format("{:.4f}", value); }

}  // namespace weft
