#pragma once
// Token files: text encoded once. Little-endian: "WEFTTOK1", u32 bytes a token (2 or 4), u64 count, the
// tokens.
#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "weft/base/replaced_file.h"

namespace weft {

struct TokenFileHeader {
  static constexpr int64_t kBytes = 8 + 4 + 8;  ///< before the first token
  int32_t token_bytes = 2;
  int64_t count = 0;
};

/// From the first kBytes bytes of a file of `file_bytes`. UserError naming `source` as parse_token_file.
TokenFileHeader parse_token_header(std::span<const std::byte> head, int64_t file_bytes,
                                   const std::string& source);

/// The tokens of a file's bytes. UserError naming `source` where they are no token file, or cut short, or too
/// long.
std::vector<int32_t> parse_token_file(std::span<const std::byte> bytes, const std::string& source);
/// Writes a token file of any length, which takes its place when it is whole. UserError where it cannot.
class TokenFileWriter {
 public:
  /// No token is above `largest`.
  TokenFileWriter(const std::filesystem::path& path, int64_t largest);
  void append(std::span<const int32_t> tokens);
  void commit();
  int64_t count() const { return static_cast<int64_t>(count_); }

 private:
  ReplacedFile file_;
  uint32_t item_;
  uint64_t count_ = 0;
};

/// As TokenFileWriter.
void write_token_file(const std::filesystem::path& path, std::span<const int32_t> tokens);

}  // namespace weft
