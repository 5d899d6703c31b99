#include "weft/data/text/token_file.h"

#include <algorithm>
#include <cstring>

#include "weft/base/check.h"

namespace weft {

namespace {

constexpr std::string_view kMark = "WEFTTOK";  // and the version, a digit
constexpr size_t kItemAt = 8;
constexpr size_t kCountAt = 12;
constexpr size_t kTokenizerAt = 20;

template <class T>
T read_as(std::span<const std::byte> bytes, size_t at) {
  T value;
  std::memcpy(&value, bytes.data() + at, sizeof(T));
  return value;
}

}  // namespace

bool begins_token_file(std::string_view head) { return head.starts_with(kMark); }

TokenFileHeader parse_token_header(std::span<const std::byte> head, int64_t file_bytes,
                                   const std::string& source) {
  const std::string_view text(reinterpret_cast<const char*>(head.data()), head.size());
  if (head.size() < kTokenizerAt || !begins_token_file(text)) {
    user_error("{}: this is no token file of Weft's (it does not start with {})", source, kMark);
  }
  const char version = text[kMark.size()];
  if (version != '1' && version != '2') {
    user_error("{}: is a token file of version {}; 1 and 2 are known", source, version);
  }
  const size_t header = version == '1' ? kTokenizerAt : kTokenizerAt + sizeof(uint64_t);
  if (head.size() < header) user_error("{}: is cut short within its header", source);
  const auto item = read_as<uint32_t>(head, kItemAt);
  const auto count = read_as<uint64_t>(head, kCountAt);
  const auto bytes = static_cast<uint64_t>(file_bytes) - header;
  if (item != 2 && item != 4) user_error("{}: tokens of {} bytes; 2 or 4 are known", source, item);
  if (count != bytes / item || bytes % item != 0) {
    user_error("{}: the header promises {} tokens and the file has {} bytes for them", source, count, bytes);
  }
  return {static_cast<int64_t>(header), static_cast<int32_t>(item), static_cast<int64_t>(count),
          version == '1' ? 0 : read_as<uint64_t>(head, kTokenizerAt)};
}

std::vector<int32_t> parse_token_file(std::span<const std::byte> bytes, const std::string& source) {
  const TokenFileHeader header = parse_token_header(bytes, static_cast<int64_t>(bytes.size()), source);
  const auto item = static_cast<size_t>(header.token_bytes);
  const auto count = static_cast<size_t>(header.count);
  std::vector<int32_t> tokens(count);
  for (size_t i = 0; i < count; ++i) {
    const size_t at = static_cast<size_t>(header.bytes) + i * item;
    const uint32_t token = item == 2 ? read_as<uint16_t>(bytes, at) : read_as<uint32_t>(bytes, at);
    if (token > 0x7fffffffu) user_error("{}: token {} at {} is out of range", source, token, i);
    tokens[i] = static_cast<int32_t>(token);
  }
  return tokens;
}

void expect_made_by(uint64_t tokenizer, const TokenFileHeader& header, const std::string& source) {
  if (header.tokenizer == 0 || header.tokenizer == tokenizer) return;
  user_error("{}: another tokenizer than data.tokenizer made its tokens; name the one that did", source);
}

TokenFileWriter::TokenFileWriter(const std::filesystem::path& path, int64_t largest, uint64_t tokenizer)
    : file_(path, "token file"), item_(largest < 65536 ? 2 : 4) {
  file_.write(kMark.data(), kMark.size());
  file_.write("2", 1);
  file_.write(&item_, sizeof(item_));
  file_.write(&count_, sizeof(count_));
  file_.write(&tokenizer, sizeof(tokenizer));
}

void TokenFileWriter::append(std::span<const int32_t> tokens) {
  for (const int32_t token : tokens) file_.write(&token, item_);
  count_ += tokens.size();
}

void TokenFileWriter::commit() {
  file_.write_over(kCountAt, &count_, sizeof(count_));
  file_.commit();
}

void write_token_file(const std::filesystem::path& path, std::span<const int32_t> tokens,
                      uint64_t tokenizer) {
  const bool narrow =
      std::all_of(tokens.begin(), tokens.end(), [](int32_t t) { return t >= 0 && t < 65536; });
  TokenFileWriter file(path, narrow ? 0 : INT32_MAX, tokenizer);
  file.append(tokens);
  file.commit();
}

}  // namespace weft
