#pragma once
#include <filesystem>
#include <string>
#include <string_view>

namespace weft {

/// The whole of a file. UserError "PATH: the graph cannot be read", with the reason where the file is there,
/// `what` being the graph.
std::string read_text(const std::filesystem::path& path, std::string_view what);

}  // namespace weft
