// Reading recipes against a table of two sections, which chooses nothing.
#include "weft/recipe/parse.h"

#include <gtest/gtest.h>

#include "tests/ops/expect_error.h"
#include "weft/recipe/table_builder.h"

namespace weft {
namespace {

const RecipeTable& table() {
  static const RecipeTable kTable = [] {
    RecipeTable made;
    add_section(made, &Recipe::run);
    add_section(made, &Recipe::checkpoint);
    gather_sections(made);
    return made;
  }();
  return kTable;
}

TEST(ParseRecipe, AppliesTheRulesBetweenKeysAndBlamesTheLine) {
  testing::expect_user_error([] { parse_recipe(table(), "[run]\nsteps = 3\n", "x.toml", {}); },
                             "x.toml: data.path is empty");
  testing::expect_user_error([] { parse_recipe(table(), "[run]\nsteps = 3\nepochs = 2\n", "x.toml", {}); },
                             "x.toml:3: both run.steps = 3 and run.epochs = 2 are given");
}

TEST(ParseRecipe, StepsOnTheCommandLineTakeThePlaceOfEpochsAndTheOtherWayRound) {
  RecipeTable with_data = table();
  with_data.initial.data.path = "x";
  const auto run = [&](const char* text, const std::vector<std::string>& overrides) {
    try {
      const RunSection made = parse_recipe(with_data, text, "x.toml", overrides).run;
      return fmt::format("{} steps, {} epochs", made.steps, made.epochs);
    } catch (const UserError& error) {
      return std::string(error.what());
    }
  };
  EXPECT_EQ(run("[run]\nepochs = 2\n", {"run.steps=5"}), "5 steps, 0 epochs");
  EXPECT_EQ(run("[run]\nsteps = 2\n", {"run.epochs=5"}), "0 steps, 5 epochs");
  EXPECT_EQ(run("[run]\nepochs = 2\n", {"run.steps=5", "run.steps=0"}), "0 steps, 2 epochs");
  EXPECT_EQ(run("[run]\nepochs = 2\n", {"run.steps=5", "run.epochs=3"}),
            "--set run.epochs=3: both run.steps = 5 and run.epochs = 3 are given; give one, and 0 for the "
            "other");
  EXPECT_EQ(run("[run]\nepochs = 2\n", {"run.steps=-5"}),
            "--set run.steps=-5: \"run.steps\": expected an integer from 0 to 10^9, got -5");
}

TEST(ParseRecipe, PrintsWhatItsTableHas) {
  Recipe recipe;
  recipe.checkpoint.keep = 7;
  const std::string text = to_toml(table(), recipe);
  EXPECT_NE(text.find("[checkpoint]\nevery = 0\nkeep = 7\n"), std::string::npos) << text;
  EXPECT_EQ(text.find("[log]"), std::string::npos);
}

TEST(ParseRecipe, KnowsNoOtherSections) {
  testing::expect_user_error([] { parse_recipe(table(), "[log]\n", "x.toml", {}); },
                             "x.toml:1: unknown section [log]; the sections are run, checkpoint");
}

TEST(RecipeReference, HasEverySectionAndKey) {
  const std::string text = recipe_reference_markdown(table());
  EXPECT_NE(text.find("## [run]"), std::string::npos);
  EXPECT_NE(text.find("| `keep` | an integer from 0 to 10^9 | `2` |"), std::string::npos);
}

TEST(RecipeReference, TakesItsExampleOfAStrayKeyFromTheTable) {
  const auto key = [](const char* name, const char* kind) {
    RecipeKey row;
    row.section = "model";
    row.info.name = name;
    row.info.is_required = true;
    row.when = Condition{"model.kind", kind};
    return row;
  };
  RecipeTable made;
  made.kinds = {{{"model.kind", "flat"}, ""}, {{"model.kind", "deep"}, ""}, {{"loss.kind", "other"}, ""}};
  made.keys = {key("width", "flat"), key("width", "deep")};
  EXPECT_NE(recipe_reference_markdown(made).find("another kind than the recipe's.\n"), std::string::npos);
  made.keys.push_back(key("depth", "deep"));
  EXPECT_NE(recipe_reference_markdown(made).find(
                "another kind than the recipe's, such as `model.depth` with `model.kind = \"flat\"`.\n"),
            std::string::npos);
}

}  // namespace
}  // namespace weft
