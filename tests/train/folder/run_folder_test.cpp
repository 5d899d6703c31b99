#include "weft/train/folder/run_folder.h"

#include <gtest/gtest.h>

#include <regex>

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

TEST(RunFolder, HasNameAndDateWhereNoneIsNamed) {
  const std::string folder = run_folder(named("tiny", ""), "", Communicator::world());
  const std::string next = run_folder(named("tiny", ""), "", Communicator::world());
  EXPECT_NE(folder, next) << "within a second";
  EXPECT_TRUE(std::filesystem::is_directory(folder) && std::filesystem::is_directory(next));
  EXPECT_TRUE(std::regex_match(folder, std::regex("runs/tiny-[0-9]{8}-[0-9]{6}(-[0-9]+)?"))) << folder;
}

}  // namespace
}  // namespace weft
