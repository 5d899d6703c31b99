#include "weft/recipe/difference.h"

#include <algorithm>

#include "weft/recipe/value.h"

namespace weft {

namespace {

std::string text_in(const RecipeTable& table, const RecipeKey& key, const Recipe& recipe) {
  return table.applies(key, recipe) ? toml_text(key.get(recipe)) : std::string();
}

}  // namespace

std::vector<KeyValues> differing_keys(const RecipeTable& table, const std::vector<Recipe>& recipes) {
  std::vector<KeyValues> found;
  for (const RecipeKey& key : table.keys) {
    KeyValues values{key.full_name(), {}, key.info.is_free};
    for (const Recipe& recipe : recipes) values.values.push_back(text_in(table, key, recipe));
    const auto is_other = [&](const std::string& text) { return text != values.values.front(); };
    if (std::ranges::any_of(values.values, is_other)) found.push_back(std::move(values));
  }
  std::stable_partition(found.begin(), found.end(), [](const KeyValues& key) { return !key.is_free; });
  return found;
}

std::vector<KeyDifference> differences(const RecipeTable& table, const Recipe& one, const Recipe& other) {
  std::vector<KeyDifference> found;
  for (const RecipeKey& key : table.keys) {
    KeyDifference difference{key.full_name(), text_in(table, key, one), text_in(table, key, other),
                             key.info.is_free};
    if (difference.one != difference.other) found.push_back(std::move(difference));
  }
  return found;
}

}  // namespace weft
