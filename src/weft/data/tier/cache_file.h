#pragma once
// The data file of a directory tier: which bytes of it are allocated on the disk, and which are free.
#include <filesystem>
#include <optional>

#include "weft/data/read/open_file.h"
#include "weft/data/tier/free_extents.h"

namespace weft {

class CacheFile {
 public:
  /// Opens or makes `path` and cuts it to at most `limit` bytes; what it has is free. UserError.
  CacheFile(const std::filesystem::path& path, int64_t limit);

  int number() const { return file_.number(); }
  FreeExtents& space() { return space_; }
  const FreeExtents& space() const { return space_; }

  /// Bytes that the file may have; falls when the disk is full.
  int64_t limit() const { return limit_; }
  /// A place for so many bytes, growing the file where there is none and `spare` bytes stay free on the disk;
  /// null: it does not fit. `error` is set where the disk is why, to errno; the limit has then fallen to what
  /// there is.
  std::optional<int64_t> take(int64_t bytes, int64_t spare, int& error);
  /// Starts over with an empty file; false: errno.
  bool clear();
  /// Gives back what a deleted file holds on the disk, which the system keeps for as long as it is open.
  void clear_if_deleted();
  /// Lowers the limit to what is in use.
  void shrink() { limit_ = space_.used_bytes(); }

 private:
  int allocate(int64_t bytes, int64_t spare);

  OpenFile file_;
  int64_t limit_;
  FreeExtents space_;
};

}  // namespace weft
