#pragma once
// A folder tree of images: root/<class>/*.{jpg,jpeg,png}, the classes in the order of their names. A record
// is one file.
#include <memory>
#include <string_view>

#include "weft/data/source/source_registry.h"

namespace weft {

/// Sizes are asked for by many threads at once, as a shared file system answers each slowly. UserError as
/// open_source. Empty files are samples: decoding names them.
std::unique_ptr<Source> open_image_tree(const SourcePlace& place, const SourceOptions& options);

/// Whether a file of this name is an image that Weft decodes.
bool is_image_name(std::string_view name);

}  // namespace weft
