#pragma once
#include <filesystem>

#include "weft/comm/communicator.h"

namespace weft {

/// While it lives, no other run writes to the folder: an advisory lock (flock, which NFS carries over hosts)
/// on its file `lock`, which says who holds it. It ends with the process, however that ends.
class RunLock {
 public:
  /// Collective: all ranks of `world`; rank 0 holds the lock. UserError where another run holds it, or where
  /// a rank does not see the folder that rank 0 sees, or cannot read there.
  RunLock(const std::filesystem::path& folder, const Communicator& world);
  ~RunLock();
  RunLock(const RunLock&) = delete;
  RunLock& operator=(const RunLock&) = delete;

  /// Whether a run writes to the folder now. False where its file system has no locks.
  static bool is_held(const std::filesystem::path& folder);

 private:
  int descriptor_ = -1;
};

}  // namespace weft
