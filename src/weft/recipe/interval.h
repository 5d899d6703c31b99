#pragma once
#include <cstdint>
#include <limits>
#include <string>

#include "weft/recipe/value.h"

namespace weft {

/// The interval that a number must lie in; `text` is how messages and the reference say it.
struct Interval {
  double least = -std::numeric_limits<double>::infinity();
  double most = std::numeric_limits<double>::infinity();
  bool without_least = false;
  bool without_most = false;
  std::string text;

  bool holds(double number) const {
    return (without_least ? number > least : number >= least) &&
           (without_most ? number < most : number <= most);
  }
  /// Whether every number in `value` lies in it; text and flags always do.
  bool holds_all(const RecipeValue& value) const;
};

Interval at_least(int64_t least);  ///< up to 10^9: the product of two such fits an int64_t
Interval above_zero();
Interval from_zero();
Interval from_zero_below_one();                    ///< [0, 1)
Interval from_to_below(double least, double end);  ///< [least, end)
Interval between(double least, double most);       ///< [least, most]
Interval above_zero_to(double most);               ///< (0, most]

}  // namespace weft
