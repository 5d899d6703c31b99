#include "weft/data/source/class_folder.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "weft/base/check.h"
#include "weft/data/source/image_tree.h"

namespace weft {

namespace {

namespace fs = std::filesystem;

FolderId id_of(const fs::path& folder) {
  struct stat status {};
  if (::stat(folder.c_str(), &status) != 0) {
    user_error("{}: the folder cannot be listed: {}", folder.string(), std::strerror(errno));
  }
  return {status.st_dev, status.st_ino};
}

class Listing {
 public:
  Listing(std::vector<FolderId> around, ClassFolder& found)
      : found_(found), around_(std::move(around)), outside_(around_.size()) {}

  void list(const fs::path& folder) {
    const FolderId self = id_of(folder);
    if (std::find(around_.begin(), around_.end(), self) != around_.end()) {
      found_.left_out.add_beside_sample("circular link");
      return;
    }
    around_.push_back(self);
    std::vector<fs::path> folders;
    const size_t before = found_.images.size();
    list_files(folder, folders);
    const bool is_within = around_.size() > outside_ + 1;
    if (is_within) found_.nested += std::ssize(found_.images) - static_cast<int64_t>(before);
    for (const fs::path& within : folders) list_within(within);
    around_.pop_back();
  }

 private:
  void list_files(const fs::path& folder, std::vector<fs::path>& folders) {
    const size_t first = found_.images.size();
    std::error_code error;
    for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
      const std::string name = it->path().filename().string();
      if (is_hidden_name(name)) continue;
      // The listing knows what most files are: asking the file system for each would take as long again.
      std::error_code unknown;  // of a link to nothing, which is no folder
      if (it->is_directory(unknown)) {
        folders.push_back(it->path());
      } else if (!is_image_name(name)) {
        found_.left_out.add_file(name);
      } else if (!it->is_regular_file(unknown) && it->exists(unknown)) {
        found_.left_out.add("pipe, socket or device");
      } else {
        found_.images.push_back(it->path());
      }
    }
    if (error) user_error("{}: the folder cannot be listed: {}", folder.string(), error.message());
    std::sort(found_.images.begin() + static_cast<std::ptrdiff_t>(first), found_.images.end());
    std::sort(folders.begin(), folders.end());
  }

  void list_within(const fs::path& folder) {
    const size_t before = found_.images.size();
    list(folder);
    if (found_.images.size() == before && is_image_name(folder.filename().string())) {
      found_.left_out.add_beside_sample("folder named like an image");
    }
  }

  ClassFolder& found_;
  std::vector<FolderId>
      around_;      ///< the folders around the one that is listed: one that comes again is a circle
  size_t outside_;  ///< of these, how many lie around the class's
};

}  // namespace

std::vector<FolderId> folders_from(const fs::path& folder) {
  std::error_code error;
  fs::path at = fs::canonical(folder, error);
  if (error) user_error("{}: the folder cannot be listed: {}", folder.string(), error.message());
  std::vector<FolderId> folders{id_of(at)};
  while (at.has_relative_path()) {
    at = at.parent_path();
    folders.push_back(id_of(at));
  }
  return folders;
}

ClassFolder list_class_folder(const fs::path& folder, const std::vector<FolderId>& around) {
  ClassFolder found;
  Listing(around, found).list(folder);
  return found;
}

}  // namespace weft
