#include "weft/base/check.h"
#include "weft/train/recipe_keys.h"

namespace weft {
namespace {

constexpr std::string_view kIntroduction = R"(# Recipes

A recipe is a TOML file that says what to train, on what, how and where. This page is generated from the table
that reads recipes (`src/weft/train/recipe_keys.cpp`): change it there, then
`build/weft inspect --reference > docs/recipes.md`.

- A key that is not on this page is an error that names the line and the nearest key.
- So is a key of another kind than the recipe's, such as `model.depth` with `model.kind = "gpt"`.
- `--set section.key=value` on the command line overrides the file; the quotes of a string may be left out. An
  override of a kind (or of the schedule) drops the file's keys of the other kinds.
- Keys in **bold** have no default and must be given where they mean anything.

)";

/// A vertical bar would end the cell.
std::string cell(std::string_view text) {
  std::string escaped;
  for (const char character : text) {
    if (character == '|') escaped += '\\';
    escaped += character;
  }
  return escaped;
}

std::string row_of(const RecipeKey& key) {
  const std::string initial =
      key.is_required ? "required" : fmt::format("`{}`", toml_text(key.get(Recipe{})));
  return fmt::format("| {0}`{1}`{0} | {2} | {3} | {4} |\n", key.is_required ? "**" : "", key.name,
                     cell(key.expected), cell(initial), cell(key.meaning));
}

bool same_condition(const RecipeKey& a, const RecipeKey& b) {
  if (!a.when || !b.when) return !a.when && !b.when;
  return a.when->key == b.when->key && a.when->value == b.when->value;
}

std::string section_text(const RecipeSectionInfo& section) {
  std::string text = fmt::format("## [{}]\n\n{}\n", section.name, section.meaning);
  const RecipeKey* last = nullptr;
  for (const RecipeKey& key : recipe_table().keys) {
    if (key.section != section.name) continue;
    if (last == nullptr || !same_condition(*last, key)) {
      if (key.when) text += fmt::format("\nOnly with `{} = \"{}\"`:\n", key.when->key, key.when->value);
      text += "\n| key | value | default | meaning |\n|---|---|---|---|\n";
    }
    text += row_of(key);
    last = &key;
  }
  return text + "\n";
}

}  // namespace

std::string recipe_reference_markdown() {
  std::string text(kIntroduction);
  for (const RecipeSectionInfo& section : recipe_table().sections) text += section_text(section);
  text.pop_back();
  return text;
}

}  // namespace weft
