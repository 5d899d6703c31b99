#pragma once
// A TOML value as recipes use it, free of the TOML library.
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace weft {

/// A value whose type no key takes; `name` is what a message calls it, such as "a date or time".
struct ForeignValue {
  std::string name;
};

struct RecipeEntry;

struct RecipeValue {
  using List = std::vector<RecipeValue>;
  using Table = std::vector<RecipeEntry>;  ///< an inline table, in order of its keys
  std::variant<bool, int64_t, double, std::string, List, Table, ForeignValue> held;

  template <class T>
  const T* as() const {
    return std::get_if<T>(&held);
  }
};

struct RecipeEntry {
  std::string key;
  RecipeValue value;
};

/// How a message names what it got: `the string "abc"`, `0.5`, `a list`; long strings are cut short.
std::string describe(const RecipeValue& value);

/// The value as TOML, numbers with all the digits that reading them back needs.
std::string toml_text(const RecipeValue& value);

/// `text` as a TOML basic string, quotes included. `text` must be UTF-8 for the result to be TOML.
std::string toml_quoted(std::string_view text);

/// `text` cut to at most `bytes` (never inside a UTF-8 character) and "..." where anything was cut.
std::string cut_short(std::string_view text, size_t bytes);

}  // namespace weft
