#pragma once
#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace weft::testing {

/// GPT-2's names of the 256 bytes: themselves where they can be printed, else the next characters from 256
/// on.
inline std::string vocabulary_of_bytes() {
  std::string json = "{";
  int other = 256;
  for (int byte = 0; byte < 256; ++byte) {
    const bool prints = (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
    json += fmt::format("{}\"\\u{:04x}\":{}", byte > 0 ? "," : "", prints ? byte : other++, byte);
  }
  return json + "}";
}

/// A folder with GPT-2's files of a tokenizer whose tokens are the bytes.
inline void write_byte_pairs(const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "vocab.json") << vocabulary_of_bytes();
  std::ofstream(folder / "merges.txt") << "#version: 0.2\n";
}

}  // namespace weft::testing
