#include "weft/report/text.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <array>
#include <cmath>
#include <ctime>

namespace weft {
namespace {

/// Three digits; whole numbers without a point.
std::string trimmed(double value) {
  return value == std::floor(value) && std::abs(value) < 1e4 ? fmt::format("{:.0f}", value)
                                                             : human_number(value);
}

/// "12,345"; below a million.
std::string grouped(int64_t value) {
  if (std::abs(value) < 1000) return fmt::format("{}", value);
  return fmt::format("{},{:03}", value / 1000, std::abs(value % 1000));
}

}  // namespace

std::string escape_html(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '"') {
      out += "&quot;";
    } else if (c == '\'') {
      out += "&#39;";
    } else {
      out += c;
    }
  }
  return out;
}

std::string lower_case(std::string text) {
  if (!text.empty() && text[0] >= 'A' && text[0] <= 'Z') text[0] = static_cast<char>(text[0] - 'A' + 'a');
  return text;
}

std::string human_number(double value) {
  if (!std::isfinite(value)) return "–";
  const double size = std::abs(value);
  if (size == 0) return "0";
  if (size < 1e-3) return fmt::format("{:.2e}", value);
  if (size < 1) return fmt::format("{:.3g}", value);
  if (size < 10) return fmt::format("{:.2f}", value);
  if (size < 100) return fmt::format("{:.1f}", value);
  if (size >= 1e6) return fmt::format("{:.3g}", value);
  return fmt::format("{:.0f}", value);
}

std::string human_bytes(double bytes) {
  constexpr std::array kUnits = {"B", "KiB", "MiB", "GiB", "TiB"};
  size_t unit = 0;
  for (; std::abs(bytes) >= 1024 && unit + 1 < kUnits.size(); ++unit) bytes /= 1024;
  return fmt::format("{} {}", trimmed(bytes), kUnits[unit]);
}

std::string human_count(double count) {
  constexpr std::array kUnits = {"", " k", " M", " G", " T", " P"};
  if (count == std::floor(count) && std::abs(count) < 1e5) return grouped(static_cast<int64_t>(count));
  size_t unit = 0;
  for (; std::abs(count) >= 1000 && unit + 1 < kUnits.size(); ++unit) count /= 1000;
  return trimmed(count) + kUnits[unit];
}

std::string human_ms(double ms) {
  if (!std::isfinite(ms)) return "–";
  if (ms >= 1000) return human_number(ms / 1000) + " s";
  if (ms >= 1 || ms == 0) return human_number(ms) + " ms";
  return human_number(ms * 1000) + " µs";
}

std::string human_seconds(double seconds) {
  if (!std::isfinite(seconds)) return "–";
  const auto whole = static_cast<int64_t>(std::llround(seconds));
  if (seconds < 1) return human_ms(seconds * 1000);
  if (whole < 60) return fmt::format("{} s", whole);
  if (whole < 3600) return fmt::format("{} min {} s", whole / 60, whole % 60);
  if (whole < 86400) return fmt::format("{} h {} min", whole / 3600, whole % 3600 / 60);
  return fmt::format("{} d {} h", whole / 86400, whole % 86400 / 3600);
}

std::string human_date(double seconds_since_1970) {
  if (seconds_since_1970 <= 0) return "";
  return fmt::format("{:%Y-%m-%d %H:%M}", fmt::localtime(static_cast<std::time_t>(seconds_since_1970)));
}

}  // namespace weft
