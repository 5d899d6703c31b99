#include "weft/report/text.h"

#include <fmt/format.h>

#include <array>
#include <cmath>

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

std::string human_number(double value) {
  if (!std::isfinite(value)) return "–";
  const double size = std::abs(value);
  if (size == 0) return "0";
  if (size < 1e-3) return fmt::format("{:.2e}", value);
  if (size < 1) return fmt::format("{:.3g}", value);
  if (size < 10) return fmt::format("{:.2f}", value);
  if (size < 100) return fmt::format("{:.1f}", value);
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

}  // namespace weft
