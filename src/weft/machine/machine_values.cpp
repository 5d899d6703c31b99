#include "weft/machine/machine_values.h"

#include <nlohmann/json.hpp>

#include "weft/base/check.h"

namespace weft {

namespace {

/// Slower is no machine: times would lose their meaning, or overflow.
constexpr double kLeastRate = 1e-9;
constexpr double kMostSpread = 1e6;

/// What was got, in a sentence: on one line, and short.
std::string shown(const nlohmann::ordered_json& value) {
  constexpr size_t kMost = 40;
  std::string text = value.dump(-1, ' ', true);
  if (text.size() > kMost) text = text.substr(0, kMost) + "…";
  return text;
}

bool lies_in(const nlohmann::ordered_json& value, double least, double most) {
  return value.is_number() && value.get<double>() >= least && value.get<double>() <= most;
}

}  // namespace

double MachineValues::rate(const std::string& key, const Json& value, const RateUnit& unit) const {
  if (!lies_in(value, kLeastRate, unit.most)) {
    user_error("{}: \"{}\" is {}, expected a number above 0 and up to {} ({})", where_, key, shown(value),
               unit.most, unit.name);
  }
  return value.get<double>();
}

double MachineValues::spread(const std::string& key, const Json& value) const {
  if (!lies_in(value, 0, kMostSpread)) {
    user_error("{}: \"{}\" is {}, expected a number from 0 on, such as 0.05", where_, key, shown(value));
  }
  return value.get<double>();
}

std::string MachineValues::text(const std::string& key, const Json& value) const {
  if (!value.is_string()) user_error("{}: \"{}\" is {}, expected a text", where_, key, shown(value));
  return value.get<std::string>();
}

int MachineValues::count(const std::string& key, const Json& value, int least) const {
  if (!value.is_number_integer() || !lies_in(value, least, INT32_MAX)) {
    user_error("{}: \"{}\" is {}, expected a whole number from {} on", where_, key, shown(value), least);
  }
  return value.get<int>();
}

}  // namespace weft
