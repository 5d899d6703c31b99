#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "weft/recipe/table.h"

namespace weft {

/// Keys of which a recipe has exactly one above 0.
inline constexpr std::pair<std::string_view, std::string_view> kEitherOr{"run.steps", "run.epochs"};

/// The first rule between several keys that `recipe` breaks: those of a kind stand with the kind, those of
/// the sections here. (Rules for one key alone stand with it; those that need the data, the tokenizer or the
/// number of ranks, where these are opened.)
Complaint check_recipe(const RecipeTable& table, const Recipe& recipe);

/// A sentence for each key of the sections that changes nothing while another is as it is. Such a recipe is
/// no mistake: whoever switches the other key on wants the first one back.
std::vector<std::string> idle_keys(const Recipe& recipe);

}  // namespace weft
