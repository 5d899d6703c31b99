#include "weft/cli/option_ranges.h"

#include <fmt/format.h>

#include <charconv>

namespace weft {

namespace {

/// Whether the whole text is a number in [least, most].
template <class Number>
bool holds(const std::string& text, Number least, Number most) {
  Number number = 0;
  const char* end = text.data() + text.size();
  const auto [read, error] = std::from_chars(text.data(), end, number);
  return error == std::errc() && read == end && number >= least && number <= most;
}

}  // namespace

CLI::Validator number_in(double least, double most) {
  const auto check = [=](const std::string& text) {
    if (holds(text, least, most)) return std::string();
    return fmt::format("expected a number in [{}, {}], got {}", least, most, text);
  };
  return {check, ""};
}

CLI::Validator integer_in(int64_t least, int64_t most) {
  const auto check = [=](const std::string& text) {
    if (holds(text, least, most)) return std::string();
    return fmt::format("expected an integer from {} to {}, got {}", least, most, text);
  };
  return {check, ""};
}

}  // namespace weft
