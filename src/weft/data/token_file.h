#pragma once
// Token files: text encoded once. Little-endian: "WEFTTOK1", u32 bytes a token (2 or 4), u64 count, the
// tokens.
#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace weft {

/// The tokens of a file's bytes. UserError naming `source` where they are no token file, or cut short, or too
/// long.
std::vector<int32_t> parse_token_file(std::span<const std::byte> bytes, const std::string& source);
/// UserError where the file cannot be written.
void write_token_file(const std::filesystem::path& path, std::span<const int32_t> tokens);

}  // namespace weft
