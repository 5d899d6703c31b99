#include "weft/base/byte_size.h"

#include <fmt/format.h>

#include <array>
#include <cctype>
#include <charconv>

namespace weft {

namespace {

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return result;
}

std::optional<double> unit_bytes(std::string_view unit) {
  if (unit.empty() || unit == "b") return 1;
  constexpr std::string_view kPrefixes = "kmgt";
  const size_t power = kPrefixes.find(unit[0]);
  if (power == std::string_view::npos) return std::nullopt;
  const double step = unit.substr(1) == "b" ? 1000 : unit.substr(1) == "ib" ? 1024 : 0;
  if (step == 0) return std::nullopt;
  double bytes = step;
  for (size_t i = 0; i < power; ++i) bytes *= step;
  return bytes;
}

std::optional<int64_t> bytes_in(std::string_view text) {
  const std::string words = lower(text);
  const char* end = words.data() + words.size();
  // Plain integers are exact to the last byte, which a double is not.
  int64_t whole = 0;
  if (const auto [stop, error] = std::from_chars(words.data(), end, whole);
      error == std::errc{} && stop == end && whole >= 0) {
    return whole;
  }
  double number = 0;
  const auto [stop, error] = std::from_chars(words.data(), end, number, std::chars_format::fixed);
  std::string_view unit(stop, static_cast<size_t>(end - stop));
  while (!unit.empty() && unit[0] == ' ') unit.remove_prefix(1);
  const std::optional<double> factor = unit_bytes(unit);
  const double bytes = number * factor.value_or(0);
  // The negation also refuses NaN.
  if (error != std::errc{} || !factor || !(bytes >= 0 && bytes < 0x1p63)) return std::nullopt;
  return static_cast<int64_t>(bytes);
}

}  // namespace

std::optional<ByteSize> ByteSize::parse(std::string_view text) {
  ByteSize size;
  if (text.empty()) return size;
  const std::optional<int64_t> bytes = bytes_in(text);
  if (!bytes) return std::nullopt;
  size.text_ = text;
  size.bytes_ = *bytes;
  return size;
}

std::string not_a_size(std::string_view text) {
  return fmt::format("\"{}\" is no size, expected one such as \"8GiB\", \"500MB\" or a number of bytes",
                     text);
}

std::string format_bytes(int64_t bytes) {
  constexpr std::array<const char*, 5> kUnits = {"B", "KiB", "MiB", "GiB", "TiB"};
  auto value = static_cast<double>(bytes);
  size_t unit = 0;
  // 999.5 would print as four digits.
  while (value >= 999.5 && unit + 1 < kUnits.size()) {
    value /= 1024;
    ++unit;
  }
  if (unit == 0) return fmt::format("{} B", bytes);
  const int digits = value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  return fmt::format("{:.{}f} {}", value, digits, kUnits[unit]);
}

}  // namespace weft
