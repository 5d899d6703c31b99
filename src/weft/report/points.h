#pragma once
// What a chart draws: values over something, and what is done with them before.
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace weft {

/// x ascending, y; a y that cannot be drawn is a gap.
using Points = std::vector<std::pair<double, double>>;

/// It is finite, and as far from infinity as a scale needs.
bool can_be_drawn(double y);

struct ValueRange {
  double low = 0;
  double high = 0;
  bool contains(double y) const { return y >= low && y <= high; }
};

/// What a chart should show of values: all of them, but for a few (one, or one in fifty) that lie so far from
/// the others that these would become a flat line. Of the finite ones; low > high where there are none.
ValueRange usual_range(const Points& points);

/// The greater of the two in the middle where there are two. NaN where there is none.
double median(std::vector<double> values);

/// At most about `most` points: the least and the greatest of each group of neighbours, so that noise stays
/// visible.
Points extremes(const Points& points, size_t most);

/// The mean of each point and its `half` neighbours on either side: no lag. Near the start fewer, equally
/// many, so that a steep beginning keeps its height; near the end those there are. Values that are not finite
/// do not count, and a window without any gives NaN; those beyond the usual range count as its end.
Points smooth(const Points& points, int64_t half);

}  // namespace weft
