#include "weft/sim/io/scenario_table.h"

#include <algorithm>
#include <optional>

#include "weft/base/check.h"
#include "weft/base/nearest_key.h"

namespace weft {

namespace {

// Wide enough for any machine, and narrow enough that products of a few stay finite.
constexpr double kLeast = 1e-9;
constexpr double kMost = 1e9;

std::optional<double> number_of(const toml::node& node) {
  if (const auto* integer = node.as_integer()) return static_cast<double>(integer->get());
  if (const auto* real = node.as_floating_point()) return real->get();
  return std::nullopt;
}

}  // namespace

ScenarioTable::ScenarioTable(const toml::table& table, std::string name, std::string_view source_name)
    : table_(&table), name_(std::move(name)), source_name_(source_name) {}

std::string ScenarioTable::full_name(std::string_view key) const {
  return name_.empty() ? std::string(key) : name_ + "." + std::string(key);
}

std::string ScenarioTable::where(std::string_view key) const {
  const toml::node* node = table_->get(key);
  const auto line = (node != nullptr ? node->source() : table_->source()).begin.line;
  return fmt::format("{}:{}: {}", source_name_, line, full_name(key));
}

const toml::node& ScenarioTable::find(std::string_view key) {
  known_.emplace_back(key);
  const toml::node* node = table_->get(key);
  if (node == nullptr) {
    // A misspelt key is reported as such, not as the one that is then missing.
    const std::vector<std::string> wanted = {std::string(key)};
    for (const auto& [given, value] : *table_) {
      if (is_known(given.str()) || !nearest_key(given.str(), wanted)) continue;
      user_error("{}: there is no such key; did you mean {}?", where(given.str()), full_name(key));
    }
    user_error("{} is missing", where(key));
  }
  return *node;
}

bool ScenarioTable::is_known(std::string_view key) const {
  return std::find(known_.begin(), known_.end(), key) != known_.end();
}

bool ScenarioTable::has(std::string_view key) {
  known_.emplace_back(key);
  return table_->contains(key);
}

int64_t ScenarioTable::integer(std::string_view key, int64_t least, int64_t most) {
  const auto* value = find(key).as_integer();
  if (value == nullptr || value->get() < least || value->get() > most) {
    user_error("{}: expected a whole number from {} to {}", where(key), least, most);
  }
  return value->get();
}

double ScenarioTable::checked_rate(const toml::node& node, std::string_view key) const {
  const std::optional<double> value = number_of(node);
  if (!value || !(*value >= kLeast && *value <= kMost)) {
    user_error("{}: expected a number from 1e-9 to 1e9", where(key));
  }
  return *value;
}

double ScenarioTable::number(std::string_view key, bool or_zero) {
  const toml::node& node = find(key);
  if (or_zero && number_of(node) == 0.0) return 0;
  return checked_rate(node, key);
}

std::string ScenarioTable::text(std::string_view key) {
  const auto* value = find(key).as_string();
  if (value == nullptr) user_error("{}: expected a string", where(key));
  return value->get();
}

std::vector<std::string> ScenarioTable::texts(std::string_view key) {
  const toml::array* list = find(key).as_array();
  std::vector<std::string> result;
  if (list == nullptr || list->empty()) user_error("{}: expected a list of strings", where(key));
  for (const toml::node& item : *list) {
    const auto* value = item.as_string();
    if (value == nullptr) user_error("{}: expected a list of strings", where(key));
    result.push_back(value->get());
  }
  return result;
}

RateTable ScenarioTable::rates(std::string_view key) {
  const toml::node& node = find(key);
  const toml::array* rows = node.as_array();
  if (rows == nullptr) return RateTable({{1.0, checked_rate(node, key)}});
  std::vector<std::pair<double, double>> points;
  for (const toml::node& row : *rows) {
    const toml::array* pair = row.as_array();
    if (pair == nullptr || pair->size() != 2) {
      user_error("{}: expected pairs as in [[1, 338], [4, 1540]], or one number", where(key));
    }
    points.emplace_back(checked_rate(*pair->get(0), key), checked_rate(*pair->get(1), key));
    if (points.size() > 1 && points.back().first <= points[points.size() - 2].first) {
      user_error("{}: the first numbers of the pairs have to increase", where(key));
    }
  }
  if (points.empty()) user_error("{}: expected at least one pair", where(key));
  return RateTable(std::move(points));
}

ScenarioTable ScenarioTable::section(std::string_view key) {
  const toml::table* table = find(key).as_table();
  if (table == nullptr) user_error("{}: expected a section [{}]", where(key), full_name(key));
  return {*table, full_name(key), source_name_};
}

std::vector<ScenarioTable> ScenarioTable::sections(std::string_view key) {
  known_.emplace_back(key);
  const toml::node* node = table_->get(key);
  if (node == nullptr) return {};
  const toml::array* list = node->as_array();
  std::vector<ScenarioTable> result;
  if (list == nullptr) user_error("{}: expected sections [[{}]]", where(key), full_name(key));
  for (const toml::node& item : *list) {
    if (item.as_table() == nullptr) user_error("{}: expected sections [[{}]]", where(key), full_name(key));
    result.emplace_back(*item.as_table(), full_name(key), source_name_);
  }
  return result;
}

void ScenarioTable::finish() const {
  for (const auto& [key, value] : *table_) {
    const std::string name(key.str());
    if (is_known(name)) continue;
    if (const auto near = nearest_key(name, known_)) {
      user_error("{}: there is no such key; did you mean {}?", where(name), full_name(*near));
    }
    user_error("{}: there is no such key", where(name));
  }
}

}  // namespace weft
