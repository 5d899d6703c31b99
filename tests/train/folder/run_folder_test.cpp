#include "weft/train/folder/run_folder.h"

#include <gtest/gtest.h>

#include <regex>

#include "tests/train/tiny_text.h"
#include "weft/report/run_files.h"
#include "weft/train/session/load_recipe.h"

namespace weft {
namespace {

Recipe named(const std::string& name, const std::string& output) {
  Recipe recipe;
  recipe.run.name = name;
  recipe.run.output = output;
  return recipe;
}

TEST(RunFolder, IsTheOneThatTheCommandNamesElseTheRecipes) {
  const Communicator world = Communicator::world();
  EXPECT_EQ(run_folder(named("tiny", "/tmp/o"), "/tmp/out", world), "/tmp/out");
  EXPECT_EQ(run_folder(named("tiny", "/tmp/o"), "", world), "/tmp/o");
  EXPECT_EQ(named_run_folder(named("tiny", "/tmp/o"), ""), "/tmp/o");
  EXPECT_EQ(named_run_folder(named("tiny", ""), ""), std::nullopt);
}

TEST(RunFolder, KeepsNothingThatOneStartAloneWasTold) {
  const testing::TinyText text;
  Recipe recipe = text.recipe({"checkpoint.resume=true", "checkpoint.changes=allow", "checkpoint.every=3"});
  const std::filesystem::path folder = text.folder() / "run";
  std::filesystem::create_directories(folder);
  keep_recipe(recipe, folder);
  const Recipe kept = load_recipe(recipe_of(folder).string());
  EXPECT_NE(kept, recipe);
  recipe.checkpoint.resume = false;
  recipe.checkpoint.changes = ResumeChanges::refuse;
  EXPECT_EQ(kept, recipe);
}

TEST(RunFolder, HasNameAndDateWhereNoneIsNamed) {
  const std::string folder = run_folder(named("tiny", ""), "", Communicator::world());
  const std::string next = run_folder(named("tiny", ""), "", Communicator::world());
  EXPECT_NE(folder, next) << "within a second";
  EXPECT_TRUE(std::filesystem::is_directory(folder) && std::filesystem::is_directory(next));
  EXPECT_TRUE(std::regex_match(folder, std::regex("runs/tiny-[0-9]{8}-[0-9]{6}(-[0-9]+)?"))) << folder;
}

}  // namespace
}  // namespace weft
