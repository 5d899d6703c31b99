#include "weft/report/scale.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "weft/report/text.h"

namespace weft {

std::vector<double> ticks(double low, double high, int count, Unit unit) {
  std::vector<double> found;
  if (!(high > low)) return found;
  const double rough = (high - low) / count;
  double step = 1;
  if (unit == Unit::bytes) {
    step = std::exp2(std::round(std::log2(rough)));
  } else {
    const double power = std::pow(10, std::floor(std::log10(rough)));
    const double lead = rough / power;
    step = power * (lead < 1.5 ? 1 : lead < 3.5 ? 2 : lead < 7.5 ? 5 : 10);
    if (unit == Unit::count) step = std::max(step, 1.0);
  }
  // A hair of slack: the last tick must not fall to rounding.
  const auto first = static_cast<int64_t>(std::ceil(low / step - 1e-9));
  const auto last = static_cast<int64_t>(std::floor(high / step + 1e-9));
  for (int64_t i = first; i <= last; ++i) found.push_back(static_cast<double>(i) * step);
  return found;
}

std::string tick_label(double value, Unit unit) {
  switch (unit) {
    case Unit::bytes:
      return human_bytes(value);
    case Unit::count:
    case Unit::per_second:
      return human_count(value);
    case Unit::share:
      return fmt::format("{:.4g}%", value * 100);
    case Unit::number:
      return fmt::format("{:.6g}", value);
  }
  return "";
}

Scale::Scale(ValueRange range, bool is_logarithmic) : range_(range), is_logarithmic_(is_logarithmic) {}

double Scale::bent(double value) const { return is_logarithmic_ ? std::log10(value) : value; }

double Scale::at(double value) const {
  if (is_logarithmic_ && value <= 0) return std::nan("");
  const double low = bent(range_.low);
  return (bent(value) - low) / (bent(range_.high) - low);
}

std::vector<double> Scale::ticks(int count, Unit unit) const {
  if (!is_logarithmic_) return weft::ticks(range_.low, range_.high, count, unit);
  // Powers of ten where there are several; else the rounder of the numbers between them.
  const double decades = std::log10(range_.high) - std::log10(range_.low);  // their ratio may be infinite
  if (decades < 0.7) return weft::ticks(range_.low, range_.high, count, unit);
  const auto every = static_cast<int>(std::ceil(decades / (2.0 * count)));
  std::vector<double> found;
  const auto first = static_cast<int>(std::floor(std::log10(range_.low)));
  const auto last = static_cast<int>(std::ceil(std::log10(range_.high)));
  for (int power = first; power <= last; power += every) {
    for (const double lead : {1.0, 2.0, 5.0}) {
      if (lead > 1 && decades > 3) break;
      const double value = lead * std::pow(10, power);
      if (range_.contains(value)) found.push_back(value);
    }
  }
  return found;
}

}  // namespace weft
