// Ranks that were given different recipes or data are told so, and which differs.
#include "weft/train/session/same_job.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/recipe/needs_kinds.h"
#include "tests/train/tiny_text.h"
#include "weft/base/check.h"
#include "weft/train/session/session.h"

namespace weft {
namespace {

class SameJob : public ::testing::Test {
 protected:
  void SetUp() override {
    NEEDS_KINDS("gpt", "text", "language_modelling", "cross_entropy", "adamw", "constant", "bytes");
    if (world_.size() == 1) GTEST_SKIP() << "one rank cannot differ";
  }
  template <class Action>
  static std::string refusal(const Action& action) {
    try {
      action();
    } catch (const UserError& error) {
      return error.what();
    }
    return {};
  }
  /// Of the last rank.
  bool is_last() const { return world_.rank() == world_.size() - 1; }
  Recipe recipe(const std::vector<std::string>& keys) const { return text_.recipe(keys); }

  const Communicator world_ = Communicator::world();
  testing::TinyText text_{world_};
};

TEST_F(SameJob, EqualRecipesPass) {
  EXPECT_EQ(refusal([&] { expect_same_recipe(recipe({}), "out", world_); }), "");
  EXPECT_EQ(refusal([&] { expect_same_data("abc", "text.txt", world_); }), "");
}

TEST_F(SameJob, ARecipeThatDiffersIsToldByItsKeyOnAllRanks) {
  const Recipe mine = recipe({is_last() ? "optimizer.learning_rate=0.5" : "optimizer.learning_rate=0.25"});
  EXPECT_EQ(
      refusal([&] { expect_same_recipe(mine, "", world_); }),
      fmt::format(
          "rank {} has optimizer.learning_rate = 0.5, and rank 0 has 0.25: all ranks of a job must be given "
          "one recipe",
          world_.size() - 1));
  const Recipe other = recipe({is_last() ? "optimizer.kind=sgd" : "optimizer.kind=adamw"});
  EXPECT_NE(refusal([&] { expect_same_recipe(other, "", world_); }).find("optimizer.kind = \"sgd\""),
            std::string::npos);
}

TEST_F(SameJob, AMachineThatDiffersIsNamed) {
  EXPECT_EQ(refusal([&] { expect_same_machine("{}", "m.json", world_); }), "");
  EXPECT_EQ(
      refusal([&] { expect_same_machine(is_last() ? "{1}" : "{2}", "m.json", world_); }),
      fmt::format("rank {} reads another machine in data.machine = \"m.json\" than rank 0: all ranks plan "
                  "for one, as that of `mpirun … weft probe --out FILE`",
                  world_.size() - 1));
}

TEST_F(SameJob, AnotherFolderIsOneMistakeMore) {
  const std::string out = is_last() ? "runs/b" : "runs/a";
  EXPECT_EQ(
      refusal([&] { expect_same_recipe(recipe({}), out, world_); }),
      fmt::format(
          "rank {} has --out \"runs/b\", and rank 0 has --out \"runs/a\": all ranks of a job must be given "
          "one folder",
          world_.size() - 1));
}

TEST_F(SameJob, OtherDataAreFoundBeforeTheFirstStep) {
  if (is_last())
    std::ofstream(text_.folder() / "other.txt") << std::ifstream(text_.path()).rdbuf() << "one line more\n";
  world_.barrier();
  // The path is one; on the last rank it leads elsewhere.
  const std::filesystem::path path = text_.folder() / fmt::format("text-{}", world_.rank());
  std::filesystem::create_symlink(is_last() ? text_.folder() / "other.txt" : text_.path(), path);
  std::filesystem::current_path(text_.folder());
  const std::filesystem::path mine = text_.folder() / fmt::format("rank-{}", world_.rank());
  std::filesystem::create_directory(mine);
  std::filesystem::rename(path, mine / "text.txt");
  std::filesystem::current_path(mine);
  const std::vector<std::string> keys{"data.path=text.txt", fmt::format("parallel.data={}", world_.size()),
                                      fmt::format("data.batch={}", 2 * world_.size())};
  EXPECT_EQ(
      refusal([&] { const Session session(recipe(keys), world_); }),
      fmt::format(
          "rank {} sees other data at data.path = \"text.txt\" than rank 0: other samples, files or tokens; "
          "the path must lead to the same data on all hosts",
          world_.size() - 1));
  std::filesystem::current_path(std::filesystem::temp_directory_path());
}

}  // namespace
}  // namespace weft
