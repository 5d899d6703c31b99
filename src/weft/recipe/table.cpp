#include "weft/recipe/table.h"

#include <algorithm>

#include "weft/recipe/table_builder.h"

namespace weft {

bool RecipeTable::applies(const RecipeKey& key, const Recipe& recipe) const {
  if (!key.when) return true;
  const auto other = std::ranges::find_if(
      keys, [&](const RecipeKey& candidate) { return candidate.full_name() == key.when->key; });
  return other != keys.end() && *other->get(recipe).as<std::string>() == key.when->value;
}

void gather_sections(RecipeTable& table) {
  const auto place = [&](const RecipeKey& key) {
    return std::ranges::find(table.sections, key.section, &RecipeSectionInfo::name) - table.sections.begin();
  };
  std::ranges::stable_sort(table.keys, {},
                           [&](const RecipeKey& key) { return std::pair(place(key), key.when.has_value()); });
}

}  // namespace weft
