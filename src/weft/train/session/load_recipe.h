#pragma once
// Recipes as this program reads them: with every kind that is built into it.
#include <span>
#include <string>
#include <string_view>

#include "weft/recipe/parse.h"

namespace weft {

/// The sections of recipes, and all kinds that their keys may choose.
const RecipeTable& recipe_table();

/// See recipe/parse.h.
Recipe load_recipe(const std::string& path, std::span<const std::string> overrides = {});
Recipe parse_recipe(std::string_view text, std::string_view source_name,
                    std::span<const std::string> overrides = {});
std::string to_toml(const Recipe& recipe);
std::string recipe_reference_markdown();

}  // namespace weft
