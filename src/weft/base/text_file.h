#pragma once
#include <cstddef>
#include <filesystem>
#include <limits>
#include <string>
#include <string_view>

namespace weft {

/// The whole of a file, or of a pipe that a command writes into; one that nobody writes into keeps nobody
/// waiting. UserError "PATH: the graph cannot be read", with the reason where the file is there,
/// `what` being the graph; and where it has more than `most` bytes, of which no more are read,
/// or is a device that need not end, as /dev/zero.
std::string read_text(const std::filesystem::path& path, std::string_view what,
                      size_t most = std::numeric_limits<size_t>::max());

}  // namespace weft
