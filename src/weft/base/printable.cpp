#include "weft/base/printable.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

#include "weft/base/terminal.h"
#include "weft/base/utf8.h"

namespace weft {

namespace {

bool is_control(char c) {
  const auto byte = static_cast<uint8_t>(c);
  return (byte < 0x20 && c != '\n' && c != '\t') || byte == 0x7f;
}

/// U+0080 to U+009F, of which U+009B begins an order to a terminal as an escape does.
bool is_wide_control(std::string_view rest) {
  return rest.size() > 1 && rest[0] == '\xc2' && static_cast<uint8_t>(rest[1]) <= 0x9f;
}

void append_bytes(std::string& out, std::string_view bytes) {
  for (const char c : bytes) out += fmt::format("\\x{:02x}", static_cast<uint8_t>(c));
}

void append_utf8(std::string& out, std::string_view text) {
  for (size_t at = 0; at < text.size();) {
    const size_t odd = is_wide_control(text.substr(at)) ? 2 : is_control(text[at]) ? 1 : 0;
    append_bytes(out, text.substr(at, odd));
    if (odd == 0) out += text[at];
    at += std::max<size_t>(odd, 1);
  }
}

}  // namespace

std::string printable(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const size_t sound = utf8_bytes(text);
    append_utf8(out, text.substr(0, sound));
    append_bytes(out, text.substr(sound, 1));
    text.remove_prefix(std::min(text.size(), sound + 1));
  }
  return out;
}

std::string printable_on(int descriptor, std::string_view text) {
  return is_terminal(descriptor) ? printable(text) : std::string(text);
}

}  // namespace weft
