#pragma once
// The report's style sheet and its script.
#include <string_view>

namespace weft {

std::string_view report_css();
std::string_view report_script();

}  // namespace weft
