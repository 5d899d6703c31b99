#pragma once
#include <cstddef>
#include <iterator>
#include <optional>
#include <string_view>

namespace weft {

/// An enum that people write (an attribute of an op, a key of a recipe) names its values, in their order:
/// specialise with `static constexpr std::string_view kNames[]`.
template <class E>
struct EnumNames;

template <class E>
concept NamedEnum = requires {
  EnumNames<E>::kNames;
};

template <NamedEnum E>
std::string_view name_of(E value) {
  return EnumNames<E>::kNames[static_cast<size_t>(value)];
}

/// Nothing where no value is called so.
template <NamedEnum E>
std::optional<E> named(std::string_view name) {
  for (size_t i = 0; i < std::size(EnumNames<E>::kNames); ++i) {
    if (EnumNames<E>::kNames[i] == name) return static_cast<E>(i);
  }
  return std::nullopt;
}

}  // namespace weft
