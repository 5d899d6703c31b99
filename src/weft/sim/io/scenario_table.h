#pragma once
// One table of a scenario file, read key by key; what nobody asked for is an error.
#include <toml++/toml.h>

#include <string>
#include <string_view>
#include <vector>

#include "weft/machine/rate_table.h"

namespace weft {

/// `table` and `source_name` must outlive it.
class ScenarioTable {
 public:
  /// `name`: how errors call it, as "dataset"; empty for the whole file.
  ScenarioTable(const toml::table& table, std::string name, std::string_view source_name);

  /// A whole number in [least, most].
  int64_t integer(std::string_view key, int64_t least, int64_t most);
  /// A number from 1e-9 to 1e9; with `or_zero` 0 is allowed too.
  double number(std::string_view key, bool or_zero = false);
  std::string text(std::string_view key);
  std::vector<std::string> texts(std::string_view key);
  /// [[users, MB/s], ...] with increasing users, or one number for any.
  RateTable rates(std::string_view key);
  ScenarioTable section(std::string_view key);
  /// [[key]] tables; none: empty.
  std::vector<ScenarioTable> sections(std::string_view key);
  /// Whether a key that may be left out is there.
  bool has(std::string_view key);

  /// UserError where the table has a key that was not read.
  void finish() const;
  /// "FILE:LINE: key"
  std::string where(std::string_view key) const;

 private:
  const toml::node& find(std::string_view key);
  bool is_known(std::string_view key) const;
  std::string full_name(std::string_view key) const;
  double checked_rate(const toml::node& node, std::string_view key) const;

  const toml::table* table_;
  std::string name_;
  std::string_view source_name_;
  std::vector<std::string> known_;
};

}  // namespace weft
