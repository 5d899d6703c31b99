#pragma once
#include <optional>
#include <string>

#include "weft/train/recipe.h"

namespace weft {

/// What is wrong, and the key whose line the message should name.
struct RecipeComplaint {
  std::string key;
  std::string message;
};

/// The first of the rules between several keys that `recipe` breaks. (Rules for one key alone stand with it
/// in recipe_keys.cpp; rules that need the data, the tokenizer or the number of ranks, with the trainer.)
std::optional<RecipeComplaint> check_recipe(const Recipe& recipe);

}  // namespace weft
