#pragma once
#include <cstdint>
#include <filesystem>

#include "weft/base/pace.h"
#include "weft/store/safetensors.h"

namespace weft {

/// A file's length and xxHash64 (seed 0) as its disk has them, past the kernel's cache where the file system
/// allows that; `pace`, if there is one, is kept to. UserError where it cannot be read.
WrittenFile read_back(const std::filesystem::path& path, Pace* pace);

}  // namespace weft
