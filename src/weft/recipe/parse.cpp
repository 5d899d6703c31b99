#include "weft/recipe/parse.h"

#include <algorithm>

#include "weft/base/check.h"
#include "weft/base/nearest_key.h"
#include "weft/base/text_file.h"
#include "weft/recipe/checks.h"
#include "weft/recipe/document.h"

namespace weft {
namespace {

/// No recipe is that long; a checkpoint or a data set given by mistake is.
constexpr size_t kLargestRecipeBytes = size_t{1} << 20;

std::vector<std::string> section_names(const RecipeTable& table) {
  std::vector<std::string> names;
  for (const RecipeSectionInfo& section : table.sections) names.push_back(section.name);
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

void check_sections(const RecipeTable& table, const RecipeDocument& document) {
  const std::vector<std::string> names = section_names(table);
  for (const RecipeSectionHeader& header : document.sections) {
    if (contains(names, header.name)) continue;
    const std::optional<std::string> nearest = nearest_key(header.name, names);
    if (nearest)
      user_error("{}: unknown section [{}]; did you mean [{}]?", header.where, header.name, *nearest);
    user_error("{}: unknown section [{}]; the sections are {}", header.where, header.name, joined(names));
  }
}

[[noreturn]] void unknown_key(const RecipeTable& table, const RecipeAssignment& assignment) {
  const std::vector<std::string> sections = section_names(table);
  const std::string& key = assignment.key;
  if (contains(sections, key)) {
    user_error("{}: \"{}\" is a section: expected [{}] and keys in it, got {}", assignment.where, key, key,
               describe(assignment.value));
  }
  std::vector<std::string> all;
  std::vector<std::string> of_section;
  for (const RecipeKey& row : table.keys) {
    all.push_back(row.full_name());
    if (row.section == key.substr(0, key.find('.')) && !contains(of_section, row.info.name)) {
      of_section.push_back(row.info.name);
    }
  }
  const std::string start = fmt::format("{}: unknown key \"{}\"", assignment.where, cut_short(key, 80));
  if (const auto nearest = nearest_key(key, all)) user_error("{}; did you mean \"{}\"?", start, *nearest);
  if (of_section.empty()) user_error("{}; the sections are {}", start, joined(sections));
  user_error("{}; the keys of its section are {}", start, joined(of_section));
}

void check_keys(const RecipeTable& table, const std::vector<RecipeAssignment>& assignments) {
  for (const RecipeAssignment& assignment : assignments) {
    const bool is_known = std::ranges::any_of(
        table.keys, [&](const RecipeKey& row) { return row.full_name() == assignment.key; });
    if (!is_known) unknown_key(table, assignment);
  }
}

/// The last assignment to `key`: overrides stand after the file's lines, and win.
const RecipeAssignment* find_assignment(const std::vector<RecipeAssignment>& assignments,
                                        std::string_view key) {
  const auto found = std::find_if(assignments.rbegin(), assignments.rend(),
                                  [&](const RecipeAssignment& assignment) { return assignment.key == key; });
  return found == assignments.rend() ? nullptr : &*found;
}

/// What an override says instead of a key of the file takes that key's place.
void drop_displaced(std::vector<RecipeAssignment>& assignments) {
  const auto decides = [&](std::string_view key) {
    const RecipeAssignment* last = find_assignment(assignments, key);
    const int64_t* number = last == nullptr ? nullptr : last->value.as<int64_t>();
    return number != nullptr && *number > 0 && last->is_override;
  };
  const auto drop = [&](std::string_view key) {
    std::erase_if(assignments, [&](const RecipeAssignment& assignment) {
      return assignment.key == key && !assignment.is_override;
    });
  };
  for (const auto& [one, other] : {kEitherOr, std::pair(kEitherOr.second, kEitherOr.first)}) {
    if (decides(one)) drop(other);
  }
}

void assign(Recipe& recipe, const RecipeKey& row, const RecipeAssignment& assignment) {
  KeyFit fit = row.set(recipe, assignment.value);
  // An override of a text key needs no quotes, even where the text looks like a number.
  if (!fit && assignment.is_override && row.info.is_text && assignment.value.as<std::string>() == nullptr) {
    fit = row.set(recipe, RecipeValue{assignment.raw});
  }
  if (fit) return;
  if (assignment.is_override && row.info.expected.starts_with("a list") &&
      assignment.value.as<RecipeValue::List>() == nullptr) {
    user_error(
        "{}: \"{}\": expected {}, got {}; a list has brackets, and its texts have quotes: --set '{}=[…]'",
        assignment.where, assignment.key, row.info.expected, describe(assignment.value), assignment.key);
  }
  user_error("{}: \"{}\": expected {}, got {}{}{}", assignment.where, assignment.key, row.info.expected,
             describe(assignment.value), fit.why.empty() ? "" : ": ", fit.why);
}

/// Sets the keys that have a condition, or those that have none, which say which of the others mean anything.
void assign_keys(const RecipeTable& table, Recipe& recipe, const std::vector<RecipeAssignment>& assignments,
                 bool conditional, std::string_view source_name) {
  for (const RecipeKey& row : table.keys) {
    if (row.when.has_value() != conditional || !table.applies(row, recipe)) continue;
    const RecipeAssignment* assignment = find_assignment(assignments, row.full_name());
    if (assignment != nullptr) assign(recipe, row, *assignment);
    if (assignment == nullptr && row.info.is_required) {
      user_error("{}: missing key \"{}\": expected {} ({})", source_name, row.full_name(), row.info.expected,
                 row.info.meaning);
    }
  }
}

/// Refuses keys of another kind than the recipe's, such as model.depth of a gpt: they would do nothing.
void check_conditions(const RecipeTable& table, const Recipe& recipe,
                      const std::vector<RecipeAssignment>& assignments) {
  for (const RecipeAssignment& assignment : assignments) {
    std::string chosen_by;
    std::vector<std::string_view> kinds;
    bool is_meant = false;
    for (const RecipeKey& row : table.keys) {
      if (row.full_name() != assignment.key) continue;
      is_meant = is_meant || table.applies(row, recipe);
      if (!row.when) continue;
      chosen_by = row.when->key;
      kinds.push_back(row.when->value);
    }
    if (is_meant) continue;
    // Whoever overrides a kind cannot take the other kind's keys out of the file.
    const RecipeAssignment* kind = find_assignment(assignments, chosen_by);
    if (kind != nullptr && kind->is_override && !assignment.is_override) continue;
    user_error("{}: \"{}\" means something only with {} = {}", assignment.where, assignment.key, chosen_by,
               any_of(kinds));
  }
}

}  // namespace

Recipe parse_recipe(const RecipeTable& table, std::string_view text, std::string_view source_name,
                    std::span<const std::string> overrides) {
  RecipeDocument document = read_toml(text, source_name);
  check_sections(table, document);
  std::vector<RecipeAssignment>& assignments = document.assignments;
  for (const std::string& override_text : overrides) assignments.push_back(read_override(override_text));
  check_keys(table, assignments);
  drop_displaced(assignments);
  Recipe recipe = table.initial;
  assign_keys(table, recipe, assignments, /*conditional=*/false, source_name);
  check_conditions(table, recipe, assignments);
  assign_keys(table, recipe, assignments, /*conditional=*/true, source_name);
  if (const Complaint complaint = check_recipe(table, recipe)) {
    const RecipeAssignment* blamed = find_assignment(assignments, complaint->key);
    user_error("{}: {}", blamed == nullptr ? source_name : blamed->where, complaint->message);
  }
  return recipe;
}

Recipe load_recipe(const RecipeTable& table, const std::string& path,
                   std::span<const std::string> overrides) {
  return parse_recipe(table, read_text(path, "recipe", kLargestRecipeBytes), path, overrides);
}

}  // namespace weft
