#include "weft/plan/solve/usage_tree.h"

#include <algorithm>
#include <limits>

namespace weft {

namespace {

/// Far enough from the end of the numbers that what is added to it cannot pass it.
constexpr int64_t kNone = std::numeric_limits<int64_t>::min() / 2;

}  // namespace

UsageTree::UsageTree(const std::vector<int64_t>& values) {
  while (leaves_ < std::ssize(values)) leaves_ *= 2;
  largest_.assign(static_cast<size_t>(2 * leaves_), kNone);
  added_.assign(static_cast<size_t>(2 * leaves_), 0);
  std::ranges::copy(values, largest_.begin() + leaves_);
  for (auto i = static_cast<size_t>(leaves_); i-- > 1;) {
    largest_[i] = std::max(largest_[2 * i], largest_[2 * i + 1]);
  }
}

void UsageTree::add(int64_t begin, int64_t end, int64_t amount) {
  if (begin < end && amount != 0) add(1, 0, leaves_, begin, end, amount);
}

int64_t UsageTree::largest(int64_t begin, int64_t end) const {
  return begin < end ? largest(1, 0, leaves_, begin, end) : kNone;
}

int64_t UsageTree::slot_of_largest() const {
  size_t at = 1;
  while (at < static_cast<size_t>(leaves_)) at = 2 * at + (largest_[2 * at] >= largest_[2 * at + 1] ? 0 : 1);
  return static_cast<int64_t>(at) - leaves_;
}

void UsageTree::add(size_t at, int64_t from, int64_t to, int64_t begin, int64_t end, int64_t amount) {
  if (begin <= from && to <= end) {
    largest_[at] += amount;
    added_[at] += amount;
    return;
  }
  const int64_t middle = (from + to) / 2;
  if (begin < middle) add(2 * at, from, middle, begin, end, amount);
  if (end > middle) add(2 * at + 1, middle, to, begin, end, amount);
  largest_[at] = std::max(largest_[2 * at], largest_[2 * at + 1]) + added_[at];
}

int64_t UsageTree::largest(size_t at, int64_t from, int64_t to, int64_t begin, int64_t end) const {
  if (begin <= from && to <= end) return largest_[at];
  const int64_t middle = (from + to) / 2;
  int64_t most = kNone;
  if (begin < middle) most = std::max(most, largest(2 * at, from, middle, begin, end));
  if (end > middle) most = std::max(most, largest(2 * at + 1, middle, to, begin, end));
  return most + added_[at];
}

}  // namespace weft
