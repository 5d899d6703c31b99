// Of train/session/load_recipe.h, recipe/: what must hold for every row of the table of keys, and what
// follows from it: printing, files, the reference.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include "tests/recipe/needs_kinds.h"
#include "weft/base/check.h"
#include "weft/train/session/load_recipe.h"

namespace weft {
namespace {

const std::filesystem::path kRoot = WEFT_SOURCE_DIR;

std::string name_with_condition(const RecipeKey& key) {
  return key.when ? fmt::format("{} when {} = {}", key.full_name(), key.when->key, key.when->value)
                  : key.full_name();
}

const RecipeKey& key_called(const std::string& full_name) {
  const auto found = std::ranges::find(recipe_table().keys, full_name, &RecipeKey::full_name);
  EXPECT_NE(found, recipe_table().keys.end()) << full_name;
  return *found;
}

/// A recipe in which `key` means something.
Recipe recipe_with(const RecipeKey& key) {
  Recipe recipe = recipe_table().initial;
  if (key.when) {
    EXPECT_TRUE(key_called(key.when->key).set(recipe, RecipeValue{key.when->value}));
  }
  return recipe;
}

/// Values of every type that a key may have: the names in quotes that its description lists, and some more.
std::vector<RecipeValue> values_for(const RecipeKey& key) {
  std::vector<RecipeValue> values{{true}, {false}, {int64_t{9}}, {int64_t{20}}, {0.3125}, {-0.5}};
  const std::string& text = key.info.expected;
  for (size_t at = text.find('"'); at != std::string::npos; at = text.find('"', at + 1)) {
    const size_t end = text.find('"', at + 1);
    const std::string name = text.substr(at + 1, end - at - 1);
    values.push_back({name});
    values.push_back({RecipeValue::List{{name}}});
    at = end;
  }
  values.push_back({std::string("other")});
  values.push_back({RecipeValue::List{{int64_t{4}}, {int64_t{7}}}});
  values.push_back({RecipeValue::List{{0.25}, {0.5}}});
  values.push_back({RecipeValue::List{{std::string("width")}}});
  values.push_back({RecipeValue::List{
      {RecipeValue::Table{{"path", {std::string("/nvme")}}, {"size", {std::string("1GiB")}}}}}});
  values.push_back(
      {RecipeValue::List{{RecipeValue::Table{{"path", {std::string("more")}}, {"share", {0.5}}}}}});
  values.push_back(
      {RecipeValue::Table{{"classes", {int64_t{10}}}, {"sample", {RecipeValue::List{{int64_t{8}}}}}}});
  return values;
}

TEST(RecipeKeys, EachHasAMemberOfItsOwn) {
  for (const RecipeKey& key : recipe_table().keys) {
    const Recipe initial = recipe_with(key);
    Recipe changed = initial;
    for (const RecipeValue& value : values_for(key)) {
      if (toml_text(key.get(changed)) == toml_text(value)) continue;
      if (key.set(changed, value)) break;
    }
    EXPECT_NE(toml_text(key.get(changed)), toml_text(key.get(initial)))
        << name_with_condition(key) << " takes no other value";
    for (const RecipeKey& other : recipe_table().keys) {
      // Another kind has other keys.
      if (&other == &key || (key.is_choice && other.when && other.when->key == key.full_name())) continue;
      EXPECT_EQ(toml_text(other.get(changed)), toml_text(other.get(initial)))
          << name_with_condition(key) << " also changed " << name_with_condition(other);
    }
  }
}

TEST(RecipeKeys, DefaultsAreAllowedWhereAKeyMayBeLeftOut) {
  for (const RecipeKey& key : recipe_table().keys) {
    Recipe recipe = recipe_with(key);
    const RecipeValue initial = key.get(recipe);
    const bool unchosen = key.is_choice && initial.as<std::string>()->empty();
    if (key.info.is_required || unchosen) continue;
    EXPECT_TRUE(key.set(recipe, initial)) << name_with_condition(key);
  }
}

TEST(RecipeKeys, UsualChoicesAreKindsThatThereAre) {
  for (const RecipeKey& key : recipe_table().keys) {
    if (!key.is_choice) continue;
    const std::string name = *key.info.initial.as<std::string>();
    if (name.empty() || name == kRequired) continue;
    const auto is_it = [&](const RecipeKindInfo& kind) {
      return kind.chosen == Condition{key.full_name(), name};
    };
    EXPECT_TRUE(std::ranges::any_of(recipe_table().kinds, is_it) || testing::kinds_are_left_out())
        << key.full_name() << " is " << name << " where a recipe says nothing";
  }
}

TEST(RecipeKeys, ConditionsNameAChoiceAndAKindOfIt) {
  for (const RecipeKey& key : recipe_table().keys) {
    if (!key.when) continue;
    EXPECT_TRUE(key_called(key.when->key).is_choice) << name_with_condition(key);
    EXPECT_TRUE(recipe_table().applies(key, recipe_with(key))) << name_with_condition(key);
  }
}

TEST(RecipeKeys, ThoseOfOneNameExcludeEachOther) {
  std::set<std::string> seen;
  std::set<std::string> unconditional;
  for (const RecipeKey& key : recipe_table().keys) {
    EXPECT_TRUE(seen.insert(name_with_condition(key)).second) << name_with_condition(key);
    EXPECT_FALSE(unconditional.contains(key.full_name())) << name_with_condition(key);
    if (!key.when) unconditional.insert(key.full_name());
  }
}

constexpr std::string_view kOdd = R"([run]
steps = 7
name = "quote \" slash \\ bell \u0007 delete \u007f Grüße 🙂"
[model]
kind = "gpt"
layers = 1
heads = 1
width = 1
[data]
kind = "text"
path = 'C:\no\escapes'
validation = "v.txt"
batch = 3
context = 5
[optimizer]
learning_rate = 0.30000000000000004
weight_decay = 1e300
epsilon = 1e-30
clip = 5e-324
schedule = "step"
milestones = [1, 2, 4]
[log]
prompt = """

two lines
"""
)";

TEST(RecipePrinting, PrintedRecipesReadBackEqual) {
  NEEDS_KINDS("gpt", "text", "adamw", "sgd", "step", "constant");
  for (const std::vector<std::string>& overrides :
       std::vector<std::vector<std::string>>{{},
                                             {"run.precision=f64", "data.validation=0.25"},
                                             {"optimizer.kind=sgd", "optimizer.momentum=0.1"}}) {
    const Recipe recipe = parse_recipe(kOdd, "odd", overrides);
    const std::string text = to_toml(recipe);
    EXPECT_EQ(parse_recipe(text, "printed"), recipe) << text;
    EXPECT_EQ(to_toml(parse_recipe(text, "printed")), text);
  }
}

TEST(RecipePrinting, ShowsOnlyKeysThatMeanSomething) {
  NEEDS_KINDS("gpt", "text", "adamw", "sgd", "step", "constant");
  const std::string text = to_toml(parse_recipe(kOdd, "odd"));
  EXPECT_NE(text.find("\nmilestones = [1, 2, 4]\n"), std::string::npos);
  EXPECT_NE(text.find("\nlearning_rate = 0.30000000000000004\n"), std::string::npos);
  EXPECT_EQ(text.find("min_learning_rate"), std::string::npos);
  EXPECT_EQ(text.find("momentum"), std::string::npos);
  EXPECT_EQ(text.find("augment"), std::string::npos);
}

TEST(LoadRecipe, NamesTheFileThatCannotBeRead) {
  const auto load_error = [](const std::string& path) -> std::string {
    try {
      load_recipe(path);
    } catch (const UserError& error) {
      return error.what();
    }
    return "no error";
  };
  EXPECT_EQ(load_error("/nowhere/x.toml"), "/nowhere/x.toml: the recipe does not exist");
  EXPECT_EQ(load_error("/tmp"), "/tmp: the recipe cannot be read: Is a directory");
  EXPECT_EQ(load_error("/dev/zero"), "/dev/zero: the recipe is a device, expected a file");
}

/// Whether all that a recipe chooses is there, and every key.
bool kinds_are_built(const std::filesystem::path& path) {
  std::ifstream file(path);
  const std::regex chosen(R"re(^(?:kind|schedule) = "([a-z_]+)")re");
  const std::regex key("^([a-z_]+) =");
  for (std::string line; std::getline(file, line);) {
    std::smatch found;
    const bool names = std::regex_search(line, found, chosen) || std::regex_search(line, found, key);
    if (names && !testing::first_missing({found[1].str().c_str()}).empty()) return false;
  }
  return true;
}

TEST(Recipes, EveryRecipeOfTheRepositoryReadsAndPrints) {
  int count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(kRoot / "recipes")) {
    if (entry.path().extension() != ".toml") continue;
    if (testing::kinds_are_left_out() && !kinds_are_built(entry.path())) continue;
    ++count;
    const Recipe recipe = load_recipe(entry.path().string());
    EXPECT_EQ(recipe.run.name, entry.path().stem().string());
    EXPECT_EQ(parse_recipe(to_toml(recipe), "printed"), recipe) << entry.path();
  }
  EXPECT_GE(count, 1);
}

TEST(RecipeReference, CommittedReferenceIsUpToDate) {
  std::ifstream file(kRoot / "docs" / "recipes.md");
  std::ostringstream committed;
  committed << file.rdbuf();
  EXPECT_TRUE(committed.str() == recipe_reference_markdown())
      << "docs/recipes.md is out of date: build/weft inspect --reference > docs/recipes.md";
}

TEST(RecipeReference, NamesEveryKeyWithItsMeaning) {
  const std::string text = recipe_reference_markdown();
  for (const RecipeKey& key : recipe_table().keys) {
    EXPECT_NE(text.find(fmt::format("`{}`", key.info.name)), std::string::npos) << key.full_name();
    EXPECT_NE(text.find(key.info.meaning), std::string::npos) << key.full_name();
  }
}

}  // namespace
}  // namespace weft
