#pragma once
// The folder of one rank in a cache directory: weft-cache-rank-N, with a lock that says that a live process
// uses it. The kernel lets go of the lock when the process ends, however it ends.
#include <filesystem>

#include "weft/data/read/open_file.h"

namespace weft {

class CacheFolder {
 public:
  /// Makes and locks it. Waits up to two seconds for a process that is just ending. UserError where the
  /// directory cannot be used, or another live process has the lock.
  CacheFolder(const std::filesystem::path& directory, int rank);

  /// Unlocks it, also where a process that was forked has the lock's file open too.
  ~CacheFolder();
  CacheFolder(const CacheFolder&) = delete;
  CacheFolder& operator=(const CacheFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  /// True where the folder is no longer there, or is another one (deleted, unmounted).
  bool vanished() const;

 private:
  friend int64_t remove_unused_caches(const std::filesystem::path& directory, int ranks);
  explicit CacheFolder(std::filesystem::path path) : path_(std::move(path)) {}
  /// 0 or errno.
  int try_lock();

  std::filesystem::path path_;
  OpenFile lock_;
};

/// Removes the folders of ranks from `ranks` on that no live process uses: what is left of runs with more
/// ranks. Returns the bytes freed. Ignores what it cannot remove.
int64_t remove_unused_caches(const std::filesystem::path& directory, int ranks);

}  // namespace weft
