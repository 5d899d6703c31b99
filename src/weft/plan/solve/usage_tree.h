#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

namespace weft {

/// A number for each slot of time, with sums over ranges and the largest of a range in O(log slots).
class UsageTree {
 public:
  explicit UsageTree(const std::vector<int64_t>& values);

  void add(int64_t begin, int64_t end, int64_t amount);
  int64_t largest(int64_t begin, int64_t end) const;
  /// Of all; the least number that there is where there are no slots.
  int64_t largest() const { return largest_[1]; }
  /// The first slot that has the largest number; there must be one.
  int64_t slot_of_largest() const;

 private:
  void add(size_t at, int64_t from, int64_t to, int64_t begin, int64_t end, int64_t amount);
  int64_t largest(size_t at, int64_t from, int64_t to, int64_t begin, int64_t end) const;

  int64_t leaves_ = 1;            ///< a power of two
  std::vector<int64_t> largest_;  ///< of what is below, with what was added here and below
  std::vector<int64_t> added_;    ///< to all that is below
};

}  // namespace weft
