#pragma once
#include <deque>
#include <filesystem>
#include <string_view>

#include "weft/store/durable_file.h"

namespace weft {

/// Files of one folder that are of use together only: none has its name before all are on the disk. An error
/// or a full disk before that leaves older files as they were, and no folder that was made for these.
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
  /// Gives all their names, in the order in which they were added. UserError.
  void commit();

 private:
  void remove_made();

  std::filesystem::path folder_;
  std::deque<std::filesystem::path> made_;  ///< folders, innermost first
  std::deque<DurableFile> files_;
};

}  // namespace weft
