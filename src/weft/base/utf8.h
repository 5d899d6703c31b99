#pragma once
#include <string_view>

namespace weft {

/// Whether `text` is UTF-8 (RFC 3629): no longer form than a character needs, no surrogate, none beyond
/// U+10FFFF.
bool is_utf8(std::string_view text);

}  // namespace weft
