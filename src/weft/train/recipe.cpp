#include "weft/train/recipe.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include "weft/base/check.h"
#include "weft/base/nearest_key.h"
#include "weft/train/recipe_checks.h"
#include "weft/train/recipe_keys.h"
#include "weft/train/recipe_toml.h"

namespace weft {
namespace {

/// No recipe is that long; a checkpoint or a data set given by mistake is.
constexpr size_t kLargestRecipeBytes = size_t{1} << 20;

std::vector<std::string> section_names() {
  std::vector<std::string> names;
  for (const RecipeSectionInfo& section : recipe_table().sections) names.push_back(section.name);
  return names;
}

bool contains(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

void check_sections(const RecipeDocument& document) {
  const std::vector<std::string> names = section_names();
  for (const RecipeSectionHeader& header : document.sections) {
    if (contains(names, header.name)) continue;
    const std::optional<std::string> nearest = nearest_key(header.name, names);
    if (nearest)
      user_error("{}: unknown section [{}]; did you mean [{}]?", header.where, header.name, *nearest);
    user_error("{}: unknown section [{}]; the sections are {}", header.where, header.name, joined(names));
  }
}

[[noreturn]] void unknown_key(const RecipeAssignment& assignment) {
  const std::vector<std::string> sections = section_names();
  const std::string& key = assignment.key;
  if (contains(sections, key)) {
    user_error("{}: \"{}\" is a section: expected [{}] and keys in it, got {}", assignment.where, key, key,
               describe(assignment.value));
  }
  std::vector<std::string> all;
  std::vector<std::string> of_section;
  for (const RecipeKey& row : recipe_table().keys) {
    all.push_back(row.full_name());
    if (row.section == key.substr(0, key.find('.')) && !contains(of_section, row.name))
      of_section.push_back(row.name);
  }
  const std::string start = fmt::format("{}: unknown key \"{}\"", assignment.where, cut_short(key, 80));
  if (const auto nearest = nearest_key(key, all)) user_error("{}; did you mean \"{}\"?", start, *nearest);
  if (of_section.empty()) user_error("{}; the sections are {}", start, joined(sections));
  user_error("{}; the keys of its section are {}", start, joined(of_section));
}

void check_keys(const std::vector<RecipeAssignment>& assignments) {
  for (const RecipeAssignment& assignment : assignments) {
    const auto& keys = recipe_table().keys;
    const bool is_known = std::any_of(
        keys.begin(), keys.end(), [&](const RecipeKey& row) { return row.full_name() == assignment.key; });
    if (!is_known) unknown_key(assignment);
  }
}

/// The last assignment to `key`: overrides stand after the file's lines, and win.
const RecipeAssignment* find_assignment(const std::vector<RecipeAssignment>& assignments,
                                        std::string_view key) {
  const auto found = std::find_if(assignments.rbegin(), assignments.rend(),
                                  [&](const RecipeAssignment& assignment) { return assignment.key == key; });
  return found == assignments.rend() ? nullptr : &*found;
}

void assign(Recipe& recipe, const RecipeKey& row, const RecipeAssignment& assignment) {
  // An override of a text key needs no quotes, even where the text looks like a number.
  const bool takes_raw =
      assignment.is_override && row.is_text && assignment.value.as<std::string>() == nullptr;
  if (row.set(recipe, assignment.value)) return;
  if (takes_raw && row.set(recipe, RecipeValue{assignment.raw})) return;
  user_error("{}: \"{}\": expected {}, got {}", assignment.where, assignment.key, row.expected,
             describe(assignment.value));
}

/// Sets the keys that have a condition, or those that have none, which say which of the others mean anything.
void assign_keys(Recipe& recipe, const std::vector<RecipeAssignment>& assignments, bool conditional,
                 std::string_view source_name) {
  for (const RecipeKey& row : recipe_table().keys) {
    if (row.when.has_value() != conditional || !applies(row, recipe)) continue;
    const RecipeAssignment* assignment = find_assignment(assignments, row.full_name());
    if (assignment != nullptr) assign(recipe, row, *assignment);
    if (assignment == nullptr && row.is_required) {
      user_error("{}: missing key \"{}\": expected {} ({})", source_name, row.full_name(), row.expected,
                 row.meaning);
    }
  }
}

/// Refuses keys of another kind than the recipe's, such as model.depth of a gpt: they would do nothing.
void check_conditions(const Recipe& recipe, const std::vector<RecipeAssignment>& assignments) {
  for (const RecipeAssignment& assignment : assignments) {
    const RecipeKey* foreign = nullptr;
    bool is_meant = false;
    for (const RecipeKey& row : recipe_table().keys) {
      if (row.full_name() != assignment.key) continue;
      is_meant = is_meant || applies(row, recipe);
      foreign = &row;
    }
    if (is_meant || foreign == nullptr) continue;
    // Whoever overrides a kind cannot take the other kind's keys out of the file.
    const RecipeAssignment* kind = find_assignment(assignments, foreign->when->key);
    if (kind != nullptr && kind->is_override && !assignment.is_override) continue;
    user_error("{}: \"{}\" means something only with {} = \"{}\"", assignment.where, assignment.key,
               foreign->when->key, foreign->when->value);
  }
}

std::string read_file(const std::string& path) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"), &std::fclose);
  if (!file) user_error("cannot read the recipe {}: {}", path, std::strerror(errno));
  std::string text(kLargestRecipeBytes + 1, '\0');
  errno = 0;
  text.resize(std::fread(text.data(), 1, text.size(), file.get()));
  if (std::ferror(file.get()) != 0) user_error("cannot read the recipe {}: {}", path, std::strerror(errno));
  if (text.size() > kLargestRecipeBytes)
    user_error("{} is longer than 1 MiB; expected a recipe in TOML", path);
  return text;
}

}  // namespace

Recipe parse_recipe(std::string_view text, std::string_view source_name,
                    std::span<const std::string> overrides) {
  RecipeDocument document = read_toml(text, source_name);
  check_sections(document);
  std::vector<RecipeAssignment>& assignments = document.assignments;
  for (const std::string& override_text : overrides) assignments.push_back(read_override(override_text));
  check_keys(assignments);
  Recipe recipe;
  assign_keys(recipe, assignments, /*conditional=*/false, source_name);
  check_conditions(recipe, assignments);
  assign_keys(recipe, assignments, /*conditional=*/true, source_name);
  if (const auto complaint = check_recipe(recipe)) {
    const RecipeAssignment* blamed = find_assignment(assignments, complaint->key);
    user_error("{}: {}", blamed == nullptr ? source_name : blamed->where, complaint->message);
  }
  return recipe;
}

Recipe load_recipe(const std::string& path, std::span<const std::string> overrides) {
  return parse_recipe(read_file(path), path, overrides);
}

std::string to_toml(const Recipe& recipe) {
  std::string text;
  for (const RecipeSectionInfo& section : recipe_table().sections) {
    text += fmt::format("{}[{}]\n", text.empty() ? "" : "\n", section.name);
    for (const RecipeKey& row : recipe_table().keys) {
      if (row.section != section.name || !applies(row, recipe)) continue;
      text += fmt::format("{} = {}\n", row.name, toml_text(row.get(recipe)));
    }
  }
  return text;
}

bool mixes_neighbours(const Recipe& recipe) {
  return recipe.data.kind == DataSection::Kind::images && recipe.data.images.mixup > 0;
}

std::string output_folder(const Recipe& recipe) {
  return recipe.run.output.empty() ? "runs/" + recipe.run.name : recipe.run.output;
}

}  // namespace weft
