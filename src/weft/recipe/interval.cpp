#include "weft/recipe/interval.h"

#include <fmt/format.h>

#include <algorithm>

namespace weft {

Interval at_least(int64_t least) {
  Interval interval;
  interval.least = static_cast<double>(least);
  interval.most = 1e9;
  interval.text = fmt::format("from {} to 10^9", least);
  return interval;
}

Interval between(double least, double most) {
  Interval interval;
  interval.least = least;
  interval.most = most;
  interval.text = fmt::format("in [{}, {}]", least, most);
  return interval;
}

Interval above_zero_to(double most) {
  Interval interval = above_zero();
  interval.most = most;
  interval.text = fmt::format("in (0, {}]", most);
  return interval;
}

Interval above_zero() {
  Interval interval;
  interval.least = 0.0;
  interval.without_least = true;
  interval.text = "above 0";
  return interval;
}

Interval from_zero() {
  Interval interval;
  interval.least = 0.0;
  interval.text = "of at least 0";
  return interval;
}

Interval from_zero_below_one() { return from_to_below(0, 1); }

Interval from_to_below(double least, double end) {
  Interval interval;
  interval.least = least;
  interval.most = end;
  interval.without_most = true;
  interval.text = fmt::format("in [{}, {})", least, end);
  return interval;
}

bool Interval::holds_all(const RecipeValue& value) const {
  if (const int64_t* integer = value.as<int64_t>()) return holds(static_cast<double>(*integer));
  if (const double* number = value.as<double>()) return holds(*number);
  const auto* list = value.as<RecipeValue::List>();
  return list == nullptr ||
         std::all_of(list->begin(), list->end(), [&](const RecipeValue& item) { return holds_all(item); });
}

}  // namespace weft
