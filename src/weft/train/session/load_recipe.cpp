#include "weft/train/session/load_recipe.h"

#include "weft/datasets/data_kind.h"
#include "weft/models/model.h"
#include "weft/optimizers/optimizer.h"
#include "weft/optimizers/schedule.h"
#include "weft/recipe/table_builder.h"
#include "weft/tasks/task.h"

namespace weft {

const RecipeTable& recipe_table() {
  static const RecipeTable kTable = [] {
    RecipeTable table;
    add_section(table, &Recipe::run);
    add_section(table, &Recipe::model);
    add_section(table, &Recipe::data);
    add_section(table, &Recipe::task);
    add_section(table, &Recipe::loss);
    add_section(table, &Recipe::optimizer);
    add_section(table, &Recipe::parallel);
    add_section(table, &Recipe::checkpoint);
    add_section(table, &Recipe::log);
    gather_sections(table);
    return table;
  }();
  return kTable;
}

Recipe load_recipe(const std::string& path, std::span<const std::string> overrides) {
  return load_recipe(recipe_table(), path, overrides);
}

Recipe parse_recipe(std::string_view text, std::string_view source_name,
                    std::span<const std::string> overrides) {
  return parse_recipe(recipe_table(), text, source_name, overrides);
}

std::string to_toml(const Recipe& recipe) { return to_toml(recipe_table(), recipe); }

std::string recipe_reference_markdown() { return recipe_reference_markdown(recipe_table()); }

}  // namespace weft
