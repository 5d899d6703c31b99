#pragma once
#include <string>

namespace weft {

/// What runs here: Weft, its compiler, the libraries that compute and communicate, devices. A line each.
std::string version_text();

}  // namespace weft
