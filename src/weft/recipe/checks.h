#pragma once
#include <string_view>
#include <utility>

#include "weft/recipe/table.h"

namespace weft {

/// Keys of which a recipe has exactly one above 0.
inline constexpr std::pair<std::string_view, std::string_view> kEitherOr{"run.steps", "run.epochs"};

/// The first rule between several keys that `recipe` breaks: those of a kind stand with the kind, those of
/// the sections here. (Rules for one key alone stand with it; those that need the data, the tokenizer or the
/// number of ranks, where these are opened.)
Complaint check_recipe(const RecipeTable& table, const Recipe& recipe);

}  // namespace weft
