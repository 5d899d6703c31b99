#pragma once
#include <span>
#include <string>
#include <string_view>

#include "weft/recipe/table.h"

namespace weft {

/// Reads TOML and applies `overrides`, each "section.key=value" (the value as in TOML; the quotes of a string
/// may be left out). `source_name` stands for the file in messages. UserError: one sentence that names the
/// file and line, or the override.
Recipe parse_recipe(const RecipeTable& table, std::string_view text, std::string_view source_name,
                    std::span<const std::string> overrides);

/// The same of the file at `path`.
Recipe load_recipe(const RecipeTable& table, const std::string& path, std::span<const std::string> overrides);

/// Every key that means anything in `recipe`, with its value, as TOML: parse_recipe gives back an equal one.
std::string to_toml(const RecipeTable& table, const Recipe& recipe);

/// The reference of all keys in Markdown: docs/recipes.md is this text.
std::string recipe_reference_markdown(const RecipeTable& table);

}  // namespace weft
