// What must hold for every row of the table of keys, and what follows from it: printing, files, the
// reference.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "weft/base/check.h"
#include "weft/train/recipe.h"
#include "weft/train/recipe_keys.h"

namespace weft {
namespace {

const std::filesystem::path kRoot = WEFT_SOURCE_DIR;

std::string name_with_condition(const RecipeKey& key) {
  return key.when ? fmt::format("{} when {} = {}", key.full_name(), key.when->key, key.when->value)
                  : key.full_name();
}

/// A value of the same type as `value`, in range wherever it was, and another.
RecipeValue another(const RecipeKey& key, const RecipeValue& value) {
  if (const bool* flag = value.as<bool>()) return {!*flag};
  if (const int64_t* integer = value.as<int64_t>()) return {*integer + 9};
  if (value.as<double>() != nullptr) return {0.3125};
  if (value.as<RecipeValue::List>() != nullptr) {
    if (key.name == "cache") {
      const RecipeValue::Table directory{{"path", {std::string("/nvme")}}, {"size", {std::string("1GiB")}}};
      return {RecipeValue::List{{directory}}};
    }
    if (key.name == "mix") {
      const RecipeValue::Table set{{"path", {std::string("more")}}, {"share", {0.5}}};
      return {RecipeValue::List{{set}}};
    }
    if (key.name == "mirror") return {RecipeValue::List{{std::string("width")}}};
    const bool integers = key.name == "milestones";
    return integers ? RecipeValue{RecipeValue::List{{int64_t{4}}, {int64_t{7}}}}
                    : RecipeValue{RecipeValue::List{{0.25}, {0.5}}};
  }
  // Text, or one of a few names: take the first name that is allowed and new.
  for (const char* text : {"bf16", "resnet", "relu", "images", "skip", "sgd", "cosine", "class_balanced",
                           "pad", "streamed", "first", "other"}) {
    Recipe recipe;
    if (*value.as<std::string>() != text && key.set(recipe, RecipeValue{std::string(text)})) {
      return {std::string(text)};
    }
  }
  ADD_FAILURE() << key.full_name() << " takes no other value";
  return value;
}

TEST(RecipeTable, EveryKeyHasItsOwnMember) {
  for (const RecipeKey& key : recipe_table().keys) {
    Recipe changed;
    const RecipeValue value = another(key, key.get(changed));
    ASSERT_TRUE(key.set(changed, value)) << name_with_condition(key);
    EXPECT_EQ(toml_text(key.get(changed)), toml_text(value)) << name_with_condition(key);
    for (const RecipeKey& other : recipe_table().keys) {
      if (&other == &key) continue;
      EXPECT_EQ(toml_text(other.get(changed)), toml_text(other.get(Recipe{})))
          << name_with_condition(key) << " also changed " << name_with_condition(other);
    }
  }
}

TEST(RecipeTable, DefaultsAreAllowedWhereAKeyMayBeLeftOut) {
  for (const RecipeKey& key : recipe_table().keys) {
    Recipe recipe;
    if (key.is_required) continue;
    EXPECT_TRUE(key.set(recipe, key.get(recipe))) << name_with_condition(key);
  }
}

TEST(RecipeTable, ConditionsNameAKeyWithoutConditionAndAValueOfIt) {
  for (const RecipeKey& key : recipe_table().keys) {
    if (!key.when) continue;
    bool is_found = false;
    for (const RecipeKey& other : recipe_table().keys) {
      if (other.full_name() != key.when->key) continue;
      Recipe recipe;
      is_found = !other.when && other.set(recipe, RecipeValue{key.when->value});
      EXPECT_TRUE(applies(key, recipe)) << name_with_condition(key);
    }
    EXPECT_TRUE(is_found) << name_with_condition(key);
  }
}

TEST(RecipeTable, KeysOfOneNameExcludeEachOther) {
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
epsilon = 5e-324
schedule = "step"
milestones = [1, 2, 4]
[log]
prompt = """

two lines
"""
)";

TEST(RecipePrinting, PrintedRecipesReadBackEqual) {
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
  EXPECT_EQ(load_error("/nowhere/x.toml"),
            "cannot read the recipe /nowhere/x.toml: No such file or directory");
  EXPECT_EQ(load_error("/tmp"), "cannot read the recipe /tmp: Is a directory");
  EXPECT_EQ(load_error("/dev/zero"), "/dev/zero is longer than 1 MiB; expected a recipe in TOML");
}

TEST(Recipes, EveryRecipeOfTheRepositoryReadsAndPrints) {
  int count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(kRoot / "recipes")) {
    if (entry.path().extension() != ".toml") continue;
    ++count;
    const Recipe recipe = load_recipe(entry.path().string());
    EXPECT_EQ(recipe.run.name, entry.path().stem().string());
    EXPECT_EQ(parse_recipe(to_toml(recipe), "printed"), recipe) << entry.path();
  }
  EXPECT_GE(count, 4);
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
    EXPECT_NE(text.find(fmt::format("`{}`", key.name)), std::string::npos) << key.full_name();
    EXPECT_NE(text.find(key.meaning), std::string::npos) << key.full_name();
  }
}

}  // namespace
}  // namespace weft
