#pragma once
// Attributes of ops as values: what text, equality, hashing, graph files, the op reference and bindings are
// made from.
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "weft/base/enum_names.h"
#include "weft/tensor/view.h"

namespace weft {

/// A value of the kinds that JSON has, integers kept apart from reals.
struct AttributeValue {
  using List = std::vector<AttributeValue>;
  std::variant<bool, int64_t, uint64_t, double, std::string, List> value;
  bool operator==(const AttributeValue&) const = default;
};

/// "0.1", "[2, 3]", "bf16".
std::string to_string(const AttributeValue& value);
size_t hash_of(const AttributeValue& value);

/// One attribute of an op, as a visit of the op gives it.
struct Attribute {
  std::string_view name;
  std::string type;  ///< for people: "integer", "list of integers", "one of erf, tanh"
  AttributeValue value;
  std::string_view meaning;
};

/// How a C++ type is an attribute: `type()` for people, `to`, and `from`, which throws UserError where the
/// value is of another kind.
template <class T>
struct AttributeCodec;

/// UserError: "got VALUE, expected WHAT".
[[noreturn]] void wrong_attribute(const AttributeValue& value, std::string_view expected);

template <>
struct AttributeCodec<bool> {
  static std::string type() { return "true or false"; }
  static AttributeValue to(bool value) { return {value}; }
  static bool from(const AttributeValue& value);
};

template <std::integral T>
struct AttributeCodec<T> {
  static std::string type() { return "integer"; }
  static AttributeValue to(T value) {
    if constexpr (std::same_as<T, uint64_t>) return {value};
    return {static_cast<int64_t>(value)};
  }
  static T from(const AttributeValue& value) {
    if (const auto* number = std::get_if<int64_t>(&value.value); number && std::in_range<T>(*number)) {
      return static_cast<T>(*number);
    }
    if (const auto* number = std::get_if<uint64_t>(&value.value); number && std::in_range<T>(*number)) {
      return static_cast<T>(*number);
    }
    wrong_attribute(value, "an integer in range");
  }
};

template <>
struct AttributeCodec<double> {
  static std::string type() { return "number"; }
  static AttributeValue to(double value) { return {value}; }
  static double from(const AttributeValue& value);
};

template <>
struct AttributeCodec<std::string> {
  static std::string type() { return "text"; }
  static AttributeValue to(const std::string& value) { return {value}; }
  static std::string from(const AttributeValue& value);
};

template <>
struct AttributeCodec<DType> {
  static std::string type() { return "dtype"; }
  static AttributeValue to(DType value) { return {std::string(name_of(value))}; }
  static DType from(const AttributeValue& value);
};

template <NamedEnum E>
struct AttributeCodec<E> {
  static std::string type() {
    std::string text = "one of ";
    for (const std::string_view name : EnumNames<E>::kNames) {
      text += (text.ends_with(' ') ? "" : ", ") + std::string(name);
    }
    return text;
  }
  static AttributeValue to(E value) { return {std::string(name_of(value))}; }
  static E from(const AttributeValue& value) {
    const auto* text = std::get_if<std::string>(&value.value);
    const std::optional<E> found = text == nullptr ? std::nullopt : named<E>(*text);
    if (!found) wrong_attribute(value, type());
    return *found;
  }
};

/// The elements of a list; UserError where the value is none.
const AttributeValue::List& list_of(const AttributeValue& value);

template <class T>
struct AttributeCodec<std::vector<T>> {
  static std::string type() { return "list of " + AttributeCodec<T>::type(); }
  static AttributeValue to(const std::vector<T>& values) {
    AttributeValue::List list;
    for (const T& value : values) list.push_back(AttributeCodec<T>::to(value));
    return {std::move(list)};
  }
  static std::vector<T> from(const AttributeValue& value) {
    std::vector<T> values;
    for (const AttributeValue& element : list_of(value)) values.push_back(AttributeCodec<T>::from(element));
    return values;
  }
};

/// [[begin, end], …]
template <>
struct AttributeCodec<Region> {
  static std::string type() { return "region"; }
  static AttributeValue to(const Region& region);
  static Region from(const AttributeValue& value);
};

/// [dtype, [size, …]]
template <>
struct AttributeCodec<TensorType> {
  static std::string type() { return "tensor type"; }
  static AttributeValue to(const TensorType& value);
  static TensorType from(const AttributeValue& value);
};

}  // namespace weft
