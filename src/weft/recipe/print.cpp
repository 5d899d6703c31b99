#include <fmt/format.h>

#include "weft/recipe/parse.h"

namespace weft {

std::string to_toml(const RecipeTable& table, const Recipe& recipe) {
  std::string text;
  for (const RecipeSectionInfo& section : table.sections) {
    std::string lines;
    for (const RecipeKey& row : table.keys) {
      if (row.section != section.name || !table.applies(row, recipe)) continue;
      const RecipeValue value = row.get(recipe);
      // A choice that was not made has no name to write.
      if (row.is_choice && value.as<std::string>()->empty()) continue;
      lines += fmt::format("{} = {}\n", row.info.name, toml_text(value));
    }
    if (!lines.empty()) text += fmt::format("{}[{}]\n{}", text.empty() ? "" : "\n", section.name, lines);
  }
  return text;
}

}  // namespace weft
