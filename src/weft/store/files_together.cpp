#include "weft/store/files_together.h"

#include <unistd.h>

#include <cerrno>
#include <utility>

#include "weft/base/check.h"

namespace weft {

namespace fs = std::filesystem;

FilesTogether::FilesTogether(fs::path folder, std::string_view what) : folder_(std::move(folder)) {
  std::error_code error;
  for (fs::path at = folder_; !at.empty() && !fs::exists(at, error) && !error; at = at.parent_path())
    made_.push_back(at);
  error.clear();
  fs::create_directories(folder_, error);
  if (!error) return;
  remove_made();
  user_error("{} {}: the folder cannot be made: {}", what, folder_.string(), error.message());
}

FilesTogether::~FilesTogether() {
  files_.clear();
  remove_made();
}

/// As far as they are empty.
void FilesTogether::remove_made() {
  std::error_code ignored;
  for (const fs::path& folder : made_) fs::remove(folder, ignored);
}

DurableFile& FilesTogether::add(std::string_view name) { return files_.emplace_back(folder_ / name); }

void FilesTogether::commit() {
  for (DurableFile& file : files_) file.seal();
  if (files_.size() > 1) {
    const fs::path& last = files_.back().path();
    if (::unlink(last.c_str()) != 0 && errno != ENOENT) file_error("remove", last, errno);
    sync_folder(last.parent_path());
  }
  for (DurableFile& file : files_) {
    file.finish();
    sync_folder(file.path().parent_path());
  }
  made_.clear();
}

}  // namespace weft
