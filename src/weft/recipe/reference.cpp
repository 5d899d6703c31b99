#include <fmt/format.h>

#include <algorithm>

#include "weft/recipe/parse.h"

namespace weft {
namespace {

constexpr std::string_view kIntroduction = R"(# Recipes

A recipe is a TOML file that says what to train, on what, how and where. This page is generated from what reads
recipes: `src/weft/recipe/recipe.h` has the sections, and each model, task, loss, optimizer and kind of data says
its own keys in its own file. Change it there, then `build/weft inspect --reference > docs/recipes.md`.

- A key that is not on this page is an error that names the line and the nearest key.
- So is a key of another kind than the recipe's{}.
- `--set section.key=value` on the command line overrides the file; the quotes of a string may be left out. An
  override of a kind (or of the schedule) drops the file's keys of the other kinds.
- Keys in **bold** have no default and must be given where they mean anything.

)";

/// ", such as" and a key of a kind with another kind of the same choice, which has no key of that name.
/// Empty where no kinds differ so.
std::string stray_key_example(const RecipeTable& table) {
  const auto has = [&](const Condition& chosen, const std::string& name) {
    return std::ranges::any_of(
        table.keys, [&](const RecipeKey& key) { return key.when == chosen && key.full_name() == name; });
  };
  for (const RecipeKey& key : table.keys) {
    if (!key.when) continue;
    for (const RecipeKindInfo& kind : table.kinds) {
      if (kind.chosen.key != key.when->key || has(kind.chosen, key.full_name())) continue;
      return fmt::format(", such as `{}` with `{} = \"{}\"`", key.full_name(), kind.chosen.key,
                         kind.chosen.value);
    }
  }
  return "";
}

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
  const KeyInfo& info = key.info;
  std::string initial = "required";
  if (!info.is_required) {
    const bool unchosen = key.is_choice && info.initial.as<std::string>()->empty();
    initial = unchosen ? "none" : fmt::format("`{}`", toml_text(info.initial));
  }
  return fmt::format("| {0}`{1}`{0} | {2} | {3} | {4} |\n", info.is_required ? "**" : "", info.name,
                     cell(info.expected), cell(initial), cell(info.meaning));
}

constexpr std::string_view kHead = "\n| key | value | default | meaning |\n|---|---|---|---|\n";

/// The rows of one section under one condition, or none.
std::string rows_of(const RecipeTable& table, std::string_view section,
                    const std::optional<Condition>& when) {
  std::string text;
  for (const RecipeKey& key : table.keys) {
    if (key.section == section && key.when == when) text += row_of(key);
  }
  return text.empty() ? text : std::string(kHead) + text;
}

std::string section_text(const RecipeTable& table, const RecipeSectionInfo& section) {
  std::string text = fmt::format("## [{}]\n\n{}\n", section.name, section.meaning);
  text += rows_of(table, section.name, std::nullopt);
  for (const RecipeKindInfo& kind : table.kinds) {
    const bool is_here = kind.chosen.key.starts_with(section.name + ".");
    const std::string rows = rows_of(table, section.name, kind.chosen);
    if (is_here)
      text += fmt::format("\n`{} = \"{}\"`: {}\n", kind.chosen.key, kind.chosen.value, kind.meaning);
    if (!is_here && !rows.empty())
      text += fmt::format("\nOnly with `{} = \"{}\"`:\n", kind.chosen.key, kind.chosen.value);
    text += rows;
  }
  return text + "\n";
}

}  // namespace

std::string recipe_reference_markdown(const RecipeTable& table) {
  std::string text = fmt::format(kIntroduction, stray_key_example(table));
  for (const RecipeSectionInfo& section : table.sections) text += section_text(table, section);
  text.pop_back();
  return text;
}

}  // namespace weft
