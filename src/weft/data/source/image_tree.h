#pragma once
// A folder tree of images: root/<class>/**/*.jpg (and .jpeg, .png, .webp, .bmp) at any depth, the classes in
// the order of their names. A record is one file.
#include <memory>
#include <string_view>

#include "weft/data/source/source_registry.h"

namespace weft {

/// Sizes are asked for by many threads at once, as a shared file system answers each slowly. UserError as
/// open_source. Empty files, links to nothing and files that may not be read are samples: reading and
/// decoding name them, and data.on_bad says what becomes of them.
std::unique_ptr<Source> open_image_tree(const SourcePlace& place, const SourceOptions& options);

/// Whether a file of this name is an image that Weft decodes.
bool is_image_name(std::string_view name);

/// What such names end with, for people.
inline constexpr std::string_view kImageEndings = ".jpg, .jpeg, .png, .webp or .bmp";

}  // namespace weft
