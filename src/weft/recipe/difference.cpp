#include "weft/recipe/difference.h"

#include "weft/recipe/value.h"

namespace weft {

std::vector<KeyDifference> differences(const RecipeTable& table, const Recipe& one, const Recipe& other) {
  std::vector<KeyDifference> found;
  for (const RecipeKey& key : table.keys) {
    const auto text_in = [&](const Recipe& recipe) {
      return table.applies(key, recipe) ? toml_text(key.get(recipe)) : std::string();
    };
    KeyDifference difference{key.full_name(), text_in(one), text_in(other), key.info.is_free};
    if (difference.one != difference.other) found.push_back(std::move(difference));
  }
  return found;
}

}  // namespace weft
