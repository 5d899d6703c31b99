#pragma once
// The table of all keys of a recipe, made from what the sections and the kinds say of themselves.
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "weft/recipe/recipe.h"

namespace weft {

/// The key means something only where another key, a choice, has this value.
struct Condition {
  std::string key;
  std::string value;
  bool operator==(const Condition&) const = default;
};

/// One row: everything that is known of a key.
struct RecipeKey {
  std::string section;
  KeyInfo info;
  std::optional<Condition> when;
  bool is_choice = false;
  /// Of a key with a condition, only where that holds.
  std::function<KeyFit(Recipe&, const RecipeValue&)> set;
  std::function<RecipeValue(const Recipe&)> get;

  std::string full_name() const { return section + "." + info.name; }
};

struct RecipeSectionInfo {
  std::string name;
  std::string meaning;
};

/// A kind that may be chosen, for the reference.
struct RecipeKindInfo {
  Condition chosen;
  std::string meaning;
};

struct RecipeTable {
  std::vector<RecipeSectionInfo> sections;
  std::vector<RecipeKey> keys;  ///< the keys of a section stand together, those without condition first
  std::vector<RecipeKindInfo> kinds;
  Recipe initial;  ///< with the default of every choice
  /// The choices of a recipe, in order.
  std::vector<std::function<const AnyChoice&(const Recipe&)>> choices;

  /// Whether `key` means something in `recipe`.
  bool applies(const RecipeKey& key, const Recipe& recipe) const;
};

}  // namespace weft
