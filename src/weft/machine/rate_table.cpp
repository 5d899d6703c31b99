#include "weft/machine/rate_table.h"

#include <algorithm>

#include "weft/base/check.h"

namespace weft {

RateTable::RateTable(std::vector<std::pair<double, double>> points) : points_(std::move(points)) {
  WEFT_CHECK(!points_.empty() && std::is_sorted(points_.begin(), points_.end()),
             "a table of bandwidths has points in increasing order");
}

double RateTable::at(double users) const {
  const auto above = std::find_if(points_.begin(), points_.end(),
                                  [&](const std::pair<double, double>& p) { return p.first >= users; });
  if (above == points_.end()) return points_.back().second;
  if (above == points_.begin()) return above->second;
  const auto& [x0, y0] = *(above - 1);
  const auto& [x1, y1] = *above;
  return y0 + (users - x0) / (x1 - x0) * (y1 - y0);
}

RateTable RateTable::scaled(double factor) const {
  RateTable table = *this;
  for (auto& point : table.points_) point.second *= factor;
  return table;
}

}  // namespace weft
