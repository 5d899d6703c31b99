#pragma once
// What one row of the table of keys is, and how each C++ type is read from and written as a TOML value.
#include <fmt/format.h>

#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "weft/train/recipe.h"
#include "weft/train/recipe_value.h"

namespace weft {

/// The interval that a number must lie in; `text` is how messages and the reference say it.
struct Range {
  double least = -std::numeric_limits<double>::infinity();
  double most = std::numeric_limits<double>::infinity();
  bool without_least = false;
  bool without_most = false;
  std::string text;

  bool holds(double number) const {
    return (without_least ? number > least : number >= least) &&
           (without_most ? number < most : number <= most);
  }
};

Range from_one_to_thousand();
Range at_least(int64_t least);  ///< up to 10^9: the product of two such fits an int64_t
Range above_zero();
Range from_zero();
Range from_zero_below_one();  ///< [0, 1)
Range from_zero_to_one();     ///< [0, 1]

/// The key means something only where another key, a string, has this value.
struct Condition {
  std::string key;
  std::string value;
};

/// One row: everything that is known of a key. `set` returns false where the value does not fit.
struct RecipeKey {
  std::string section;
  std::string name;
  std::string meaning;
  std::string expected;  ///< "an integer of at least 1"
  std::optional<Condition> when;
  bool is_required = false;
  bool is_text = false;
  std::function<bool(Recipe&, const RecipeValue&)> set;
  std::function<RecipeValue(const Recipe&)> get;

  std::string full_name() const { return section + "." + name; }
  RecipeKey& required() {
    is_required = true;
    return *this;
  }
};

/// The spellings of an enumeration; a specialisation lists them as `{value, "name"}` in `all`.
template <class E>
struct Choices;

template <class E>
std::string_view choice_name(E value) {
  for (const auto& [choice, name] : Choices<E>::all) {
    if (choice == value) return name;
  }
  return "?";
}

/// How a member of type T is read (`from`: nothing where the type is wrong), written (`to`), and named.
template <class T, class = void>
struct Conversion;

template <>
struct Conversion<bool> {
  static std::string expected() { return "true or false"; }
  static std::optional<bool> from(const RecipeValue& value) {
    const bool* flag = value.as<bool>();
    return flag == nullptr ? std::nullopt : std::optional(*flag);
  }
  static RecipeValue to(bool flag) { return {flag}; }
};

template <>
struct Conversion<int64_t> {
  static std::string expected() { return "an integer"; }
  static std::optional<int64_t> from(const RecipeValue& value) {
    const int64_t* integer = value.as<int64_t>();
    return integer == nullptr ? std::nullopt : std::optional(*integer);
  }
  static RecipeValue to(int64_t integer) { return {integer}; }
};

template <>
struct Conversion<double> {
  static std::string expected() { return "a number"; }
  static std::optional<double> from(const RecipeValue& value) {
    if (const int64_t* integer = value.as<int64_t>()) return static_cast<double>(*integer);
    const double* number = value.as<double>();
    return number == nullptr || !std::isfinite(*number) ? std::nullopt : std::optional(*number);
  }
  static RecipeValue to(double number) { return {number}; }
};

template <>
struct Conversion<std::string> {
  static std::string expected() { return "a string"; }
  static std::optional<std::string> from(const RecipeValue& value) {
    const std::string* text = value.as<std::string>();
    return text == nullptr ? std::nullopt : std::optional(*text);
  }
  static RecipeValue to(const std::string& text) { return {text}; }
};

template <class E>
struct Conversion<E, std::enable_if_t<std::is_enum_v<E>>> {
  static std::string expected() {
    std::string text = "one of";
    for (const auto& [choice, name] : Choices<E>::all) text += fmt::format(" {},", toml_quoted(name));
    text.pop_back();
    return text;
  }
  static std::optional<E> from(const RecipeValue& value) {
    const std::string* text = value.as<std::string>();
    if (text == nullptr) return std::nullopt;
    for (const auto& [choice, name] : Choices<E>::all) {
      if (name == *text) return choice;
    }
    return std::nullopt;
  }
  static RecipeValue to(E value) { return {std::string(choice_name(value))}; }
};

template <>
struct Conversion<std::variant<double, std::string>> {
  using Either = std::variant<double, std::string>;
  static std::string expected() { return "a path or a number"; }
  static std::optional<Either> from(const RecipeValue& value) {
    if (const std::string* text = value.as<std::string>()) return Either(*text);
    const std::optional<double> number = Conversion<double>::from(value);
    return number ? std::optional(Either(*number)) : std::nullopt;
  }
  static RecipeValue to(const Either& either) {
    return std::visit([](const auto& held) { return RecipeValue{held}; }, either);
  }
};

template <class T>
requires(std::is_same_v<T, int64_t> || std::is_same_v<T, double>) struct Conversion<std::vector<T>> {
  static std::string expected() {
    return std::is_same_v<T, double> ? "a list of numbers" : "a list of integers";
  }
  static std::optional<std::vector<T>> from(const RecipeValue& value) {
    const auto* list = value.as<RecipeValue::List>();
    if (list == nullptr) return std::nullopt;
    std::vector<T> numbers;
    for (const RecipeValue& item : *list) {
      const std::optional<T> number = Conversion<T>::from(item);
      if (!number) return std::nullopt;
      numbers.push_back(*number);
    }
    return numbers;
  }
  static RecipeValue to(const std::vector<T>& numbers) {
    RecipeValue::List list;
    for (const T number : numbers) list.push_back({number});
    return {std::move(list)};
  }
};

template <>
struct Conversion<std::array<double, 2>> {
  static std::string expected() { return "a list of two numbers"; }
  static std::optional<std::array<double, 2>> from(const RecipeValue& value) {
    const auto* list = value.as<RecipeValue::List>();
    if (list == nullptr || list->size() != 2) return std::nullopt;
    const auto first = Conversion<double>::from(list->front());
    const auto second = Conversion<double>::from(list->back());
    if (!first || !second) return std::nullopt;
    return std::array<double, 2>{*first, *second};
  }
  static RecipeValue to(const std::array<double, 2>& pair) {
    return {RecipeValue::List{{pair[0]}, {pair[1]}}};
  }
};

template <>
struct Conversion<std::vector<std::string>> {
  static std::string expected() { return "a list of strings"; }
  static std::optional<std::vector<std::string>> from(const RecipeValue& value) {
    const auto* list = value.as<RecipeValue::List>();
    if (list == nullptr) return std::nullopt;
    std::vector<std::string> texts;
    for (const RecipeValue& item : *list) {
      const std::string* text = item.as<std::string>();
      if (text == nullptr) return std::nullopt;
      texts.push_back(*text);
    }
    return texts;
  }
  static RecipeValue to(const std::vector<std::string>& texts) {
    RecipeValue::List list;
    for (const std::string& text : texts) list.push_back({text});
    return {std::move(list)};
  }
};

template <>
struct Conversion<std::vector<CacheDirectory>> {
  static std::string expected() { return "a list of {path = \"...\", size = \"...\"}"; }
  static std::optional<std::vector<CacheDirectory>> from(const RecipeValue& value) {
    const auto* list = value.as<RecipeValue::List>();
    if (list == nullptr) return std::nullopt;
    std::vector<CacheDirectory> directories;
    for (const RecipeValue& item : *list) {
      const auto* table = item.as<RecipeValue::Table>();
      if (table == nullptr || table->size() != 2) return std::nullopt;
      CacheDirectory directory;
      for (const RecipeEntry& entry : *table) {
        const std::string* text = entry.value.as<std::string>();
        if (text == nullptr || (entry.key != "path" && entry.key != "size")) return std::nullopt;
        (entry.key == "path" ? directory.path : directory.size) = *text;
      }
      directories.push_back(std::move(directory));
    }
    return directories;
  }
  static RecipeValue to(const std::vector<CacheDirectory>& directories) {
    RecipeValue::List list;
    for (const CacheDirectory& directory : directories) {
      list.push_back({RecipeValue::Table{{"path", {directory.path}}, {"size", {directory.size}}}});
    }
    return {std::move(list)};
  }
};

template <>
struct Conversion<std::vector<MixedSet>> {
  static std::string expected() { return "a list of {path = \"...\", share = NUMBER above 0}"; }
  static std::optional<std::vector<MixedSet>> from(const RecipeValue& value) {
    const auto* list = value.as<RecipeValue::List>();
    if (list == nullptr) return std::nullopt;
    std::vector<MixedSet> sets;
    for (const RecipeValue& item : *list) {
      const auto* table = item.as<RecipeValue::Table>();
      if (table == nullptr || table->size() != 2) return std::nullopt;
      MixedSet set;
      set.share = 0;
      for (const RecipeEntry& entry : *table) {
        const std::string* text = entry.value.as<std::string>();
        if (entry.key == "path" && text != nullptr) set.path = *text;
        if (entry.key == "share") set.share = Conversion<double>::from(entry.value).value_or(0);
      }
      if (set.path.empty() || !(set.share > 0)) return std::nullopt;
      sets.push_back(std::move(set));
    }
    return sets;
  }
  static RecipeValue to(const std::vector<MixedSet>& sets) {
    RecipeValue::List list;
    for (const MixedSet& set : sets) {
      list.push_back({RecipeValue::Table{{"path", {set.path}}, {"share", {set.share}}}});
    }
    return {std::move(list)};
  }
};

/// Whether every number in `value` lies in `range`; text and flags always do.
bool all_in_range(const RecipeValue& value, const Range& range);

}  // namespace weft
