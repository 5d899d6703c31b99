#pragma once
// Sizes in bytes as people write them: "8GiB", "500MB", "1.5 TiB", "4096".
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace weft {

/// A size that keeps how it was written, or none.
class ByteSize {
 public:
  /// None: what a key means that is left empty.
  ByteSize() = default;
  /// Units B, kB, MB, GB, TB (powers of 1000) and KiB, MiB, GiB, TiB (of 1024), in any case; none: bytes. A
  /// fraction is allowed and its product rounded down. Nothing for other texts, a negative size, and one
  /// beyond 2^63; an empty text is an empty size.
  static std::optional<ByteSize> parse(std::string_view text);
  bool empty() const { return text_.empty(); }
  int64_t bytes() const { return bytes_; }
  const std::string& text() const { return text_; }
  bool operator==(const ByteSize&) const = default;

 private:
  std::string text_;
  int64_t bytes_ = 0;
};

/// The sentence about a text that is no size.
std::string not_a_size(std::string_view text);

/// For people, three digits: "1.50 GiB", "900 B".
std::string format_bytes(int64_t bytes);

}  // namespace weft
