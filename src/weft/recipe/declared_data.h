#pragma once
// What a recipe says of data that nobody has to read: enough to plan by.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "weft/recipe/conversion.h"

namespace weft {

/// data.declare: what is 0 or empty is not declared.
struct DeclaredData {
  std::vector<int64_t> sample;  ///< shape of what the network is given, the channels last
  int64_t classes = 0;          ///< that targets are ids of
  std::vector<int64_t> target;  ///< shape of targets that are numbers
  int64_t vocabulary = 0;       ///< ids of tokens
  int64_t samples = 0;          ///< to train on: how many steps an epoch has
  bool operator==(const DeclaredData&) const = default;
  bool is_given() const { return *this != DeclaredData(); }
};

template <>
struct Conversion<DeclaredData> {
  static std::string expected() { return "a table such as {sample = [224, 224, 3], classes = 1000}"; }
  static std::optional<DeclaredData> from(const RecipeValue& value);
  static std::string why_not(const RecipeValue& value);
  static RecipeValue to(const DeclaredData& declared);
};

/// "[224, 224, 3]".
std::string list_text(const std::vector<int64_t>& shape);

}  // namespace weft
