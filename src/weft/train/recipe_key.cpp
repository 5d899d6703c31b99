#include "weft/train/recipe_key.h"

#include <fmt/format.h>

#include <algorithm>

namespace weft {

Range at_least(int64_t least) {
  Range range;
  range.least = static_cast<double>(least);
  range.most = 1e9;
  range.text = fmt::format("from {} to 10^9", least);
  return range;
}

Range from_one_to_thousand() {
  Range range;
  range.least = 1;
  range.most = 1000;
  range.text = "from 1 to 1000";
  return range;
}

Range above_zero() {
  Range range;
  range.least = 0.0;
  range.without_least = true;
  range.text = "above 0";
  return range;
}

Range from_zero() {
  Range range;
  range.least = 0.0;
  range.text = "of at least 0";
  return range;
}

Range from_zero_to_one() {
  Range range;
  range.least = 0.0;
  range.most = 1.0;
  range.text = "in [0, 1]";
  return range;
}

Range from_zero_below_one() {
  Range range;
  range.least = 0.0;
  range.most = 1.0;
  range.without_most = true;
  range.text = "in [0, 1)";
  return range;
}

bool all_in_range(const RecipeValue& value, const Range& range) {
  if (const int64_t* integer = value.as<int64_t>()) return range.holds(static_cast<double>(*integer));
  if (const double* number = value.as<double>()) return range.holds(*number);
  const auto* list = value.as<RecipeValue::List>();
  return list == nullptr || std::all_of(list->begin(), list->end(),
                                        [&](const RecipeValue& item) { return all_in_range(item, range); });
}

}  // namespace weft
