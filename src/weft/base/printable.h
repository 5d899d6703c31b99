#pragma once
#include <string>
#include <string_view>

namespace weft {

/// The text as a terminal can show it: control characters but newline and tab, and bytes that are no UTF-8,
/// are written "\x1b". What a terminal would take for an order is so only read.
std::string printable(std::string_view text);

/// What to write to a file descriptor: the printable text where it is a terminal, else the text.
std::string printable_on(int descriptor, std::string_view text);

}  // namespace weft
