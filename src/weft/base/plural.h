#pragma once
#include <fmt/format.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace weft {

/// "1 step", "3 steps": for words that take an s. `number` is the count as it is written, such as "12.3 M".
inline std::string plural(int64_t count, std::string_view one, std::string_view number) {
  return fmt::format("{} {}{}", number, one, count == 1 ? "" : "s");
}
inline std::string plural(int64_t count, std::string_view one) {
  return plural(count, one, std::to_string(count));
}

}  // namespace weft
