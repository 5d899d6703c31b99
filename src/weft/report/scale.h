#pragma once
// An axis: where a value lies on it, and which values are written beside it.
#include <cstdint>
#include <string>
#include <vector>

#include "weft/report/points.h"

namespace weft {

enum class Unit : uint8_t { number, count, share, bytes, per_second };

/// Values that divide [low, high] in about `count` steps of 1, 2 or 5 times a power of ten (of two for
/// bytes; counts have no ticks between whole numbers).
std::vector<double> ticks(double low, double high, int count, Unit unit);

std::string tick_label(double value, Unit unit);

/// Maps values to [0, 1].
class Scale {
 public:
  /// `range` is not empty; logarithmic: above 0.
  Scale(ValueRange range, bool is_logarithmic);
  /// Beyond [0, 1] where the value lies beyond the range; NaN where the axis has no place for it.
  double at(double value) const;
  bool contains(double value) const { return range_.contains(value); }
  std::vector<double> ticks(int count, Unit unit) const;
  const ValueRange& range() const { return range_; }

 private:
  double bent(double value) const;
  ValueRange range_;
  bool is_logarithmic_;
};

}  // namespace weft
