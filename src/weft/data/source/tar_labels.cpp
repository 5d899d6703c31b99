#include "weft/data/source/tar_labels.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <optional>
#include <set>

#include "weft/base/check.h"

namespace weft {

namespace {

constexpr int32_t kMostClasses = 1'000'000;

std::optional<double> as_number(const std::string& text) {
  double value = 0;
  const size_t sign = text.starts_with('+') ? 1 : 0;
  const char* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data() + sign, end, value);
  const bool is_finite_text =
      !text.empty() && (text.back() == '.' || (text.back() >= '0' && text.back() <= '9'));
  const bool is_too_large = parsed.ec == std::errc::result_out_of_range;
  if (parsed.ptr != end || !is_finite_text || (parsed.ec != std::errc() && !is_too_large))
    return std::nullopt;
  return is_too_large ? HUGE_VAL : value;
}

/// Each name's class id, where all names are numbers.
std::optional<std::map<std::string, double>> numbers_of(const std::set<std::string>& names) {
  std::map<std::string, double> numbers;
  for (const std::string& name : names) {
    const std::optional<double> number = as_number(name);
    if (!number) return std::nullopt;
    numbers[name] = *number;
  }
  return numbers;
}

/// One label that is no number makes names of all others.
std::string remark_on_mixture(const std::vector<std::string>& labels,
                              const std::function<std::string(size_t sample)>& name) {
  std::map<std::string, bool> known;
  std::optional<size_t> first;
  size_t numbers = 0;
  size_t others = 0;
  for (size_t i = 0; i < labels.size(); ++i) {
    if (labels[i].empty()) continue;
    const auto [found, is_new] = known.try_emplace(labels[i]);
    if (is_new) found->second = as_number(labels[i]).has_value();
    if (!found->second && !first) first = i;
    ++(found->second ? numbers : others);
  }
  if (numbers == 0 || !first) return {};
  return fmt::format(
      "{}: its label '{}' is no number, so all labels are names, in the order of their text: {} of {} labels "
      "are numbers",
      name(*first), labels[*first], numbers, numbers + others);
}

bool is_class_id(double number) {
  return number >= 0 && number < kMostClasses && number == std::floor(number);
}

}  // namespace

bool contradict(const std::string& label, const std::string& other) {
  const std::optional<double> number = as_number(label);
  const std::optional<double> second = as_number(other);
  return number.has_value() == second.has_value() && (number ? number != second : label != other);
}

TarLabels number_labels(const std::vector<std::string>& labels,
                        const std::function<std::string(size_t sample)>& name) {
  std::set<std::string> names(labels.begin(), labels.end());
  names.erase("");
  const auto numbers = numbers_of(names);
  TarLabels result;
  if (!numbers) {
    result.classes.assign(names.begin(), names.end());
    result.remark = remark_on_mixture(labels, name);
  }
  int32_t most = -1;
  for (size_t i = 0; i < labels.size(); ++i) {
    int32_t id = -1;
    if (numbers && !labels[i].empty()) {
      const double number = numbers->at(labels[i]);
      if (!is_class_id(number)) {
        user_error("{}: its label is {}, expected a class id from 0 to {}, or a name", name(i), labels[i],
                   kMostClasses - 1);
      }
      id = static_cast<int32_t>(number);
    } else if (!labels[i].empty()) {
      const auto found = std::lower_bound(result.classes.begin(), result.classes.end(), labels[i]);
      id = static_cast<int32_t>(found - result.classes.begin());
    }
    most = std::max(most, id);
    result.ids.push_back(id);
  }
  for (int32_t id = 0; numbers && id <= most; ++id) result.classes.push_back(fmt::format("{}", id));
  return result;
}

}  // namespace weft
