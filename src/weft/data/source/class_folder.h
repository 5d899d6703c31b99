#pragma once
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "weft/data/source/left_out.h"

namespace weft {

/// What lies in the folder of one class, at any depth.
struct ClassFolder {
  std::vector<std::filesystem::path> images;  ///< of each folder first its own, then those of folders within
  int64_t nested = 0;                         ///< images in folders within
  LeftOut left_out;
};

/// What a folder is, whatever link leads to it: its device and its number there.
using FolderId = std::pair<uint64_t, uint64_t>;

/// A folder and all that it lies in. UserError where one cannot be looked at.
std::vector<FolderId> folders_from(const std::filesystem::path& folder);

/// Lists a class's folder as torchvision's ImageFolder does: links to folders are followed, but not to one
/// that lies around them, nor to one of `around`, where the images of other classes are. A link to nothing
/// that is named like an image is one. UserError where a folder cannot be listed.
ClassFolder list_class_folder(const std::filesystem::path& folder, const std::vector<FolderId>& around);

}  // namespace weft
