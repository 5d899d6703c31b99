#pragma once
// Which parts of a range of bytes are free: the bookkeeping of a tier's memory or file.
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <utility>

namespace weft {

/// Best fit, and neighbours that are free are one: nothing is moved, and nothing grows with the number of
/// takes and gives. Where records of very unequal sizes are dropped at random, a tenth or so of the space
/// lies in gaps that are too small; where sizes are alike, or nothing is dropped, hardly any. Sizes are
/// rounded up to granules. Logarithmic in the number of free extents.
class FreeExtents {
 public:
  explicit FreeExtents(int64_t granule) : granule_(granule) {}

  /// Adds bytes at the end, a multiple of granules.
  void grow(int64_t bytes);
  /// Where `bytes` fit; null: nowhere in one piece.
  std::optional<int64_t> take(int64_t bytes);
  /// Takes that very place; false: it is not all free, or does not begin at a granule.
  bool take_at(int64_t offset, int64_t bytes);
  /// Gives back what was taken, with the same sizes.
  void give(int64_t offset, int64_t bytes);

  int64_t rounded(int64_t bytes) const;
  int64_t size() const { return size_; }
  int64_t free_bytes() const { return free_bytes_; }
  int64_t used_bytes() const { return size_ - free_bytes_; }
  int64_t largest() const { return by_size_.empty() ? 0 : by_size_.rbegin()->first; }

 private:
  using ByOffset = std::map<int64_t, int64_t>;
  void insert(int64_t offset, int64_t bytes);
  void erase(ByOffset::iterator at);

  int64_t granule_;
  int64_t size_ = 0;
  int64_t free_bytes_ = 0;
  ByOffset by_offset_;                             ///< offset -> bytes
  std::set<std::pair<int64_t, int64_t>> by_size_;  ///< (bytes, offset)
};

}  // namespace weft
