#pragma once
#include <string_view>

namespace weft {

/// Of Weft, as `weft --version` says it.
std::string_view version();

}  // namespace weft
