#include "weft/data/tier/free_extents.h"

#include <algorithm>

#include "weft/base/check.h"

namespace weft {

int64_t FreeExtents::rounded(int64_t bytes) const {
  return std::max<int64_t>(1, (bytes + granule_ - 1) / granule_) * granule_;
}

void FreeExtents::insert(int64_t offset, int64_t bytes) {
  by_offset_.emplace(offset, bytes);
  by_size_.emplace(bytes, offset);
  free_bytes_ += bytes;
}

void FreeExtents::erase(ByOffset::iterator at) {
  by_size_.erase({at->second, at->first});
  free_bytes_ -= at->second;
  by_offset_.erase(at);
}

void FreeExtents::grow(int64_t bytes) {
  WEFT_CHECK(bytes > 0 && bytes % granule_ == 0, "grown by {} bytes, not in granules of {}", bytes, granule_);
  const int64_t begin = size_;
  size_ += bytes;
  give(begin, bytes);
}

std::optional<int64_t> FreeExtents::take(int64_t bytes) {
  const int64_t need = rounded(bytes);
  const auto fit = by_size_.lower_bound({need, 0});
  if (fit == by_size_.end()) return std::nullopt;
  const auto [size, offset] = *fit;
  erase(by_offset_.find(offset));
  if (size > need) insert(offset + need, size - need);
  return offset;
}

bool FreeExtents::take_at(int64_t offset, int64_t bytes) {
  if (offset < 0 || bytes < 0 || offset % granule_ != 0 || bytes > size_) return false;
  const int64_t need = rounded(bytes);
  auto at = by_offset_.upper_bound(offset);
  if (at == by_offset_.begin()) return false;
  --at;
  const auto [begin, size] = *at;
  if (offset - begin > size - need) return false;
  erase(at);
  if (offset > begin) insert(begin, offset - begin);
  if (begin + size > offset + need) insert(offset + need, begin + size - offset - need);
  return true;
}

void FreeExtents::give(int64_t offset, int64_t bytes) {
  int64_t end = offset + rounded(bytes);
  const auto after = by_offset_.lower_bound(offset);
  WEFT_CHECK(end <= size_ && (after == by_offset_.end() || after->first >= end),
             "extent {} + {} was already free", offset, bytes);
  if (after != by_offset_.begin()) {
    const auto before = std::prev(after);
    const int64_t before_end = before->first + before->second;
    WEFT_CHECK(before_end <= offset, "extent {} + {} was already free", offset, bytes);
    if (before_end == offset) {
      offset = before->first;
      erase(before);
    }
  }
  if (after != by_offset_.end() && after->first == end) {
    end += after->second;
    erase(after);
  }
  insert(offset, end - offset);
}

}  // namespace weft
