#include "weft/data/source/part_folders.h"

#include <algorithm>
#include <array>

#include "weft/data/source/image_tree.h"
#include "weft/data/source/left_out.h"

namespace weft {

namespace fs = std::filesystem;

std::span<const std::string_view> held_out_names() {
  static constexpr std::array<std::string_view, 4> kNames{"test", "val", "valid", "validation"};
  return kNames;
}

bool is_part_name(std::string_view name) {
  const std::string small = in_small_letters(name);
  const auto names = held_out_names();
  return small == "train" || small == "training" || small == "testing" ||
         std::find(names.begin(), names.end(), small) != names.end();
}

bool holds_images(const fs::path& folder) {
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    std::error_code unknown;
    if (is_image_name(it->path().filename().string()) && !it->is_directory(unknown)) return true;
  }
  return false;
}

bool is_part(const fs::path& root, std::string_view name) {
  std::error_code error;
  return is_part_name(name) && fs::is_directory(root / name, error) && !holds_images(root / name);
}

std::optional<fs::path> find_part(const fs::path& root, std::string_view name) {
  if (is_part(root, name)) return root / name;
  std::error_code error;
  for (fs::directory_iterator it(root, error), end; !error && it != end; it.increment(error)) {
    const std::string other = it->path().filename().string();
    if (in_small_letters(other) == name && is_part(root, other)) return it->path();
  }
  return std::nullopt;
}

}  // namespace weft
