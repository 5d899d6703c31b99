#include "weft/report/points.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace weft {

bool can_be_drawn(double y) {
  constexpr double kMost = 1e300;  // beyond, differences of two are infinite
  return std::abs(y) < kMost;
}

ValueRange usual_range(const Points& points) {
  std::vector<double> values;
  for (const auto& [x, y] : points) {
    if (can_be_drawn(y)) values.push_back(y);
  }
  constexpr double kFar = std::numeric_limits<double>::infinity();
  if (values.empty()) return {kFar, -kFar};
  std::ranges::sort(values);
  constexpr size_t kFew = 5;
  if (values.size() < kFew) return {values.front(), values.back()};
  constexpr size_t kOneIn = 50;
  constexpr double kReach = 4;  // times what the others span
  const size_t left_out = std::max<size_t>(1, values.size() / kOneIn);
  const double low = values[left_out];
  const double high = values[values.size() - 1 - left_out];
  const double span = std::max({high - low, 0.05 * std::abs(high), 0.05 * std::abs(low), 1e-12});
  // The ends are values, so that an outlier adds no room for itself.
  return {*std::ranges::lower_bound(values, low - kReach * span),
          *(std::ranges::upper_bound(values, high + kReach * span) - 1)};
}

double median(std::vector<double> values) {
  if (values.empty()) return std::nan("");
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

Points extremes(const Points& points, size_t most) {
  if (points.size() <= most) return points;
  const size_t groups = std::max<size_t>(most / 2, 1);
  Points out;
  for (size_t i = 0; i < groups; ++i) {
    const auto begin = points.begin() + static_cast<std::ptrdiff_t>(i * points.size() / groups);
    const auto end = points.begin() + static_cast<std::ptrdiff_t>((i + 1) * points.size() / groups);
    // What is not finite counts as largest, so that a gap stays visible.
    const auto [low, high] = std::minmax_element(begin, end, [](const auto& a, const auto& b) {
      return can_be_drawn(a.second) && (!can_be_drawn(b.second) || a.second < b.second);
    });
    out.push_back(*std::min(low, high));
    if (low != high) out.push_back(*std::max(low, high));
  }
  return out;
}

Points smooth(const Points& points, int64_t half) {
  const ValueRange usual = usual_range(points);
  // Prefix sums over the finite values make every window O(1).
  std::vector<double> sums = {0};
  std::vector<int64_t> counts = {0};
  for (const auto& [x, y] : points) {
    sums.push_back(sums.back() + (can_be_drawn(y) ? std::clamp(y, usual.low, usual.high) : 0));
    counts.push_back(counts.back() + (can_be_drawn(y) ? 1 : 0));
  }
  const auto size = static_cast<int64_t>(points.size());
  Points out;
  for (int64_t i = 0; i < size; ++i) {
    const int64_t reach = std::min(half, i);
    const auto begin = static_cast<size_t>(i - reach);
    const auto end = static_cast<size_t>(std::min(i + reach + 1, size));
    const auto count = static_cast<double>(counts[end] - counts[begin]);
    out.emplace_back(points[static_cast<size_t>(i)].first, (sums[end] - sums[begin]) / count);
  }
  return out;
}

}  // namespace weft
