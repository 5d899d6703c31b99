#pragma once
// From TOML text to a flat list of assignments that remember where they stood.
#include <string>
#include <string_view>
#include <vector>

#include "weft/recipe/value.h"

namespace weft {

/// One "section.key = value". Parts of the key that TOML would have to quote are quoted here too, so that a
/// dot inside a quoted key is never taken for the one between section and key.
struct RecipeAssignment {
  std::string key;
  RecipeValue value;
  std::string where;  ///< "recipes/x.toml:12" or "--set run.seed=7"
  std::string raw;    ///< an override's value as typed; empty for a line of a file
  bool is_override = false;
};

/// A "[section]" header; it stands apart because an empty section assigns nothing.
struct RecipeSectionHeader {
  std::string name;
  std::string where;
};

struct RecipeDocument {
  std::vector<RecipeSectionHeader> sections;
  std::vector<RecipeAssignment> assignments;  ///< in the order of their lines
};

/// UserError with line and column where `text` is not TOML.
RecipeDocument read_toml(std::string_view text, std::string_view source_name);

/// Reads "section.key=value". A value that is not TOML is taken as a string. UserError without "=" or key.
RecipeAssignment read_override(const std::string& text);

}  // namespace weft
