#pragma once
#include <deque>
#include <filesystem>
#include <string_view>

#include "weft/store/durable_file.h"

namespace weft {

/// Files of one folder that are of use together only, and of none without the last, which is read first: a
/// configuration, say. None has its name before all are on the disk: an error or a full disk until then
/// leaves older files as they were, and no folder that was made for these. Names cannot change all at once:
/// commit() takes an older last file away first, and gives its name last. A kill in between leaves a folder
/// without it, never new files beside an old one that seem to be whole.
class FilesTogether {
 public:
  /// Makes the folder, where there is none. UserError, which begins with `what`: "--to".
  FilesTogether(std::filesystem::path folder, std::string_view what);
  /// Without commit() nothing is left.
  ~FilesTogether();
  FilesTogether(const FilesTogether&) = delete;
  FilesTogether& operator=(const FilesTogether&) = delete;

  /// A file to append to, which lives as long as this. UserError.
  DurableFile& add(std::string_view name);
  /// Gives all their names, one durable after the other in the order in which they were added. UserError:
  /// once it has begun with that it leaves what a kill would.
  void commit();

 private:
  void remove_made();

  std::filesystem::path folder_;
  std::deque<std::filesystem::path> made_;  ///< folders, innermost first
  std::deque<DurableFile> files_;
};

}  // namespace weft
