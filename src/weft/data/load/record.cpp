#include "weft/data/load/record.h"

#include <algorithm>

namespace weft {

RecordMemory::Piece RecordMemory::take(size_t bytes) {
  used_.fetch_add(static_cast<int64_t>(bytes), std::memory_order_relaxed);
  if (bytes >= kWorthKeeping) {
    const std::lock_guard lock(mutex_);
    const auto fits = [&](const Piece& piece) {
      return piece.capacity >= bytes && piece.capacity <= bytes + bytes / 4;
    };
    const auto found = std::find_if(free_.rbegin(), free_.rend(), fits);  // the newest is in the cache yet
    if (found != free_.rend()) {
      Piece piece = std::move(*found);
      free_.erase(std::next(found).base());
      free_bytes_ -= piece.capacity;
      return piece;
    }
  }
  return {std::make_unique_for_overwrite<std::byte[]>(bytes), bytes};
}

void RecordMemory::give_back(Piece piece, size_t bytes) {
  used_.fetch_sub(static_cast<int64_t>(bytes), std::memory_order_relaxed);
  if (piece.capacity < kWorthKeeping || piece.capacity > kKept) return;
  const std::lock_guard lock(mutex_);
  free_bytes_ += piece.capacity;
  while (free_bytes_ > kKept) {
    free_bytes_ -= free_.front().capacity;
    free_.erase(free_.begin());
  }
  free_.push_back(std::move(piece));
}

}  // namespace weft
