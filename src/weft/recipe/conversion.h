#pragma once
// How each C++ type of a key is read from a TOML value and written as one.
#include <fmt/format.h>

#include <array>
#include <cmath>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "weft/base/enum_names.h"
#include "weft/recipe/value.h"
#include "weft/tensor/dtype.h"

namespace weft {

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
    return text == nullptr || has_zero(*text) ? std::nullopt : std::optional(*text);
  }
  /// Names of files, and what libraries are told, end at a zero byte.
  static bool has_zero(const std::string& text) { return text.find('\0') != std::string::npos; }
  static std::string why_not(const RecipeValue& value) {
    const std::string* text = value.as<std::string>();
    return text != nullptr && has_zero(*text) ? "it has a zero byte" : "";
  }
  static RecipeValue to(const std::string& text) { return {text}; }
};

/// "one of "a", "b"".
std::string one_of(std::span<const std::string_view> names);
/// ""a", "b" or "c"".
std::string any_of(std::span<const std::string_view> names);

template <class E>
struct Conversion<E, std::enable_if_t<NamedEnum<E>>> {
  static std::string expected() { return one_of(EnumNames<E>::kNames); }
  static std::optional<E> from(const RecipeValue& value) {
    const std::string* text = value.as<std::string>();
    return text == nullptr ? std::nullopt : named<E>(*text);
  }
  static RecipeValue to(E value) { return {std::string(name_of(value))}; }
};

/// A floating dtype that networks compute in.
template <>
struct Conversion<DType> {
  static std::string expected();
  static std::optional<DType> from(const RecipeValue& value);
  static RecipeValue to(DType dtype) { return {std::string(name_of(dtype))}; }
};

/// "" is none.
template <>
struct Conversion<std::optional<int64_t>> {
  static std::string expected() { return "an integer, or \"\" for none"; }
  static std::optional<std::optional<int64_t>> from(const RecipeValue& value) {
    const std::string* text = value.as<std::string>();
    if (text != nullptr && text->empty()) return std::optional<int64_t>();
    const std::optional<int64_t> integer = Conversion<int64_t>::from(value);
    if (!integer) return std::nullopt;
    return integer;
  }
  static RecipeValue to(const std::optional<int64_t>& integer) {
    return integer ? RecipeValue{*integer} : RecipeValue{std::string()};
  }
};

template <>
struct Conversion<std::variant<double, std::string>> {
  using Either = std::variant<double, std::string>;
  static std::string expected() { return "a path or a number"; }
  static std::optional<Either> from(const RecipeValue& value) {
    if (value.as<std::string>() != nullptr) {
      const std::optional<std::string> text = Conversion<std::string>::from(value);
      return text ? std::optional(Either(*text)) : std::nullopt;
    }
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

}  // namespace weft
