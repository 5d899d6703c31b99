#pragma once
// JSON that comes from a file of somebody else.
#include <string_view>

namespace weft {

/// Whether `text` is JSON that says each key of an object once (of two a parser silently keeps the last) and
/// nests at most `deepest` deep (what walks it calls itself at each level).
bool is_sound_json(std::string_view text, int deepest = 64);

}  // namespace weft
