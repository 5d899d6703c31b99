#include "weft/base/utf8.h"

#include <algorithm>
#include <cstdint>

namespace weft {
namespace {

/// What begins with a byte from `first` to `last`: `more` bytes follow, the first of them from `low` to
/// `high`, where overlong forms, surrogates and what is too large are left out. RFC 3629, section 4.
struct Form {
  uint8_t first;
  uint8_t last;
  size_t more;
  uint8_t low;
  uint8_t high;
};

constexpr uint8_t kLow = 0x80;
constexpr uint8_t kHigh = 0xbf;
constexpr Form kForms[] = {
    {0x00, 0x7f, 0, kLow, kHigh}, {0xc2, 0xdf, 1, kLow, kHigh}, {0xe0, 0xe0, 2, 0xa0, kHigh},
    {0xe1, 0xec, 2, kLow, kHigh}, {0xed, 0xed, 2, kLow, 0x9f},  {0xee, 0xef, 2, kLow, kHigh},
    {0xf0, 0xf0, 3, 0x90, kHigh}, {0xf1, 0xf3, 3, kLow, kHigh}, {0xf4, 0xf4, 3, kLow, 0x8f},
};

bool lies_in(char byte, uint8_t low, uint8_t high) {
  const auto value = static_cast<uint8_t>(byte);
  return value >= low && value <= high;
}

/// The bytes of the character that `rest` begins with; 0 where it begins with none.
size_t character_length(std::string_view rest) {
  for (const Form& form : kForms) {
    if (!lies_in(rest[0], form.first, form.last)) continue;
    if (rest.size() <= form.more) return 0;
    const std::string_view more = rest.substr(1, form.more);
    if (!more.empty() && !lies_in(more[0], form.low, form.high)) return 0;
    const bool sound = std::all_of(more.begin(), more.end(), [](char c) { return lies_in(c, kLow, kHigh); });
    return sound ? 1 + form.more : 0;
  }
  return 0;
}

}  // namespace

bool is_utf8(std::string_view text) { return utf8_bytes(text) == text.size(); }

size_t utf8_bytes(std::string_view text) {
  size_t at = 0;
  while (at < text.size()) {
    const size_t length = character_length(text.substr(at));
    if (length == 0) break;
    at += length;
  }
  return at;
}

}  // namespace weft
