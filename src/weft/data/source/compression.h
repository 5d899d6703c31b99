#pragma once
#include <string_view>

namespace weft {

/// The name of the compression that a file's first bytes are the mark of, whatever the file is called:
/// "gzip"; empty where they are no such mark. Eight bytes are enough.
std::string_view compression_of(std::string_view head);

}  // namespace weft
