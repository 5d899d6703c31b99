#pragma once
#include <utility>
#include <vector>

namespace weft {

/// A bandwidth in MB/s as a function of how many use it at once (readers of a file system, threads of a
/// tier): the points are joined by straight lines, and beyond either end the nearest point holds.
class RateTable {
 public:
  RateTable() = default;
  /// Points in increasing order of the first number; at least one.
  explicit RateTable(std::vector<std::pair<double, double>> points);
  double at(double users) const;
  const std::vector<std::pair<double, double>>& points() const { return points_; }
  /// The same with every bandwidth times `factor`.
  RateTable scaled(double factor) const;

 private:
  std::vector<std::pair<double, double>> points_;
};

}  // namespace weft
