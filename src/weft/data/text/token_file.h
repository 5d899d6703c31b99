#pragma once
// Token files: text encoded once. Little-endian: "WEFTTOK2", u32 bytes a token (2 or 4), u64 count, u64
// fingerprint of the tokenizer (0: not known), the tokens. Files of "WEFTTOK1" have no fingerprint.
#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "weft/base/replaced_file.h"
#include "weft/data/text/tokenizer.h"

namespace weft {

struct TokenFileHeader {
  static constexpr int64_t kMostBytes = 8 + 4 + 8 + 8;
  int64_t bytes = kMostBytes;  ///< before the first token
  int32_t token_bytes = 2;
  int64_t count = 0;
  uint64_t tokenizer = 0;  ///< fingerprint() of what made the tokens; 0: not known
};

/// Whether a file that begins so is meant to be one.
bool begins_token_file(std::string_view head);

/// From the first kMostBytes, or more, of a file of `file_bytes`, or all that it has. UserError naming
/// `source` as parse_token_file.
TokenFileHeader parse_token_header(std::span<const std::byte> head, int64_t file_bytes,
                                   const std::string& source);

/// The tokens of a file's bytes. UserError naming `source` where they are no token file, or cut short, or too
/// long.
std::vector<int32_t> parse_token_file(std::span<const std::byte> bytes, const std::string& source);

/// UserError naming `source` where a tokenizer of another fingerprint is known to have made the tokens.
void expect_made_by(uint64_t tokenizer, const TokenFileHeader& header, const std::string& source);

/// Writes a token file of any length, which takes its place when it is whole. UserError where it cannot.
class TokenFileWriter {
 public:
  /// No token is above `largest`; `tokenizer` as in the header.
  TokenFileWriter(const std::filesystem::path& path, int64_t largest, uint64_t tokenizer);
  void append(std::span<const int32_t> tokens);
  void commit();
  int64_t count() const { return static_cast<int64_t>(count_); }

 private:
  ReplacedFile file_;
  uint32_t item_;
  uint64_t count_ = 0;
};

/// As TokenFileWriter.
void write_token_file(const std::filesystem::path& path, std::span<const int32_t> tokens,
                      uint64_t tokenizer = 0);

}  // namespace weft
