#pragma once
#include <cstddef>
#include <string_view>

namespace weft {

/// Whether `text` is UTF-8 (RFC 3629): no longer form than a character needs, no surrogate, none beyond
/// U+10FFFF.
bool is_utf8(std::string_view text);
/// How many bytes of the text are UTF-8 before the first that is not.
size_t utf8_bytes(std::string_view text);

}  // namespace weft
