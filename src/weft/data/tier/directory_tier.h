#pragma once
#include <filesystem>
#include <memory>

#include "weft/data/tier/tier.h"

namespace weft {

struct DirectoryTierOptions {
  std::filesystem::path directory;
  int64_t bytes = 0;  ///< of the data file; the journal adds about 40 bytes a record
  int rank = 0;       ///< each has a folder of its own in `directory`
  /// Says which data set, cut into which parts, the records belong to: a cache with another key is emptied.
  uint64_t key = 0;
  int depth = 8;  ///< writes under way at once
};

/// Copies in a directory: one large file that is allocated ahead, and a journal of what lies where. What an
/// earlier run left there under the same key is held from the start, also where that run was killed. After a
/// restart of the system, or where the journal is damaged, what is found is first read and checked.
///
/// A full disk shrinks the tier to what it has; a disk that breaks or a directory that vanishes empties it.
/// In both cases trouble() says so once. UserError where the directory cannot be used from the start, or a
/// live process uses it.
std::unique_ptr<Tier> make_directory_tier(const DirectoryTierOptions& options);

}  // namespace weft
