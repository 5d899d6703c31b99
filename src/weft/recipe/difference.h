#pragma once
#include <string>
#include <vector>

#include "weft/recipe/table.h"

namespace weft {

/// A key whose value differs between two recipes.
struct KeyDifference {
  std::string key;         ///< "optimizer.learning_rate"
  std::string one, other;  ///< as TOML; "" where the key means nothing in that recipe
  bool is_free = false;    ///< it changes nothing that is learnt, but for rounding
};

/// A key whose values are not all equal, in the order of the recipes.
struct KeyValues {
  std::string key;
  std::vector<std::string> values;  ///< as TOML; "" where the key means nothing in that recipe
  bool is_free = false;             ///< it changes nothing that is learnt, but for rounding
};

/// Those that change what is learnt come first; else in the order of the table.
std::vector<KeyValues> differing_keys(const RecipeTable& table, const std::vector<Recipe>& recipes);

/// In the order of the table.
std::vector<KeyDifference> differences(const RecipeTable& table, const Recipe& one, const Recipe& other);

}  // namespace weft
