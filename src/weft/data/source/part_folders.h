#pragma once
// Folders that part a data set: root/train to train on, and one of held-out samples beside it, or beside the
// classes.
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace weft {

/// The names of folders of held-out samples; the first that is there is taken.
std::span<const std::string_view> held_out_names();

/// Whether a folder of this name may be a part: "train", one of held_out_names(), "training" or "testing", in
/// capitals or not.
bool is_part_name(std::string_view name);

/// Whether root/name is a part: a folder without images directly in it. With some it is a class of that name.
bool is_part(const std::filesystem::path& root, std::string_view name);

/// The part of this name, in capitals or not; none where there is none.
std::optional<std::filesystem::path> find_part(const std::filesystem::path& root, std::string_view name);

/// Whether a file in the folder itself is named like an image. False where it cannot be listed.
bool holds_images(const std::filesystem::path& folder);

}  // namespace weft
