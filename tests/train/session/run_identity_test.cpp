// Of train/session/run_identity.h, recipe/difference.h: what a checkpoint says of its run.
#include "weft/train/session/run_identity.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/ops/expect_error.h"
#include "tests/recipe/needs_kinds.h"
#include "tests/train/tiny_text.h"
#include "weft/recipe/difference.h"

namespace weft {
namespace {

class RunIdentityTest : public ::testing::Test {
 protected:
  void SetUp() override {
    NEEDS_KINDS("gpt", "text", "language_modelling", "cross_entropy", "adamw", "sgd", "constant", "bytes");
  }
  Recipe recipe(const std::vector<std::string>& keys) const { return text_.recipe(keys); }
  testing::TinyText text_;
};

TEST_F(RunIdentityTest, ComesBackFromItsText) {
  const Session session(recipe({}), Communicator::world());
  const RunIdentity made = RunIdentity::of(session, 7);
  const auto read = RunIdentity::from_json(made.to_json(), "here");
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->recipe, made.recipe);
  EXPECT_EQ(read->data, session.data().fingerprint);
  EXPECT_EQ(read->training, session.data().training);
  EXPECT_EQ(read->held_out, session.data().held_out);
  EXPECT_EQ(read->kinds.at("wte"), "parameter");
  EXPECT_EQ(read->kinds.at("adam.m.wte"), "adam.m");
  EXPECT_EQ(read->data_position, 7);
  EXPECT_TRUE(differences(*read, session).free.empty() && differences(*read, session).learning.empty());
}

TEST_F(RunIdentityTest, AnOlderCheckpointDoesNotSayHowLargeItsDataWere) {
  const Session session(recipe({}), Communicator::world());
  RunIdentity made = RunIdentity::of(session, 7);
  made.training.reset();
  made.held_out.reset();
  const auto read = RunIdentity::from_json(made.to_json(), "here");
  ASSERT_TRUE(read.has_value());
  EXPECT_FALSE(read->training.has_value());
  EXPECT_TRUE(differences(*read, session).learning.empty());
}

TEST_F(RunIdentityTest, AnOlderCheckpointHasNone) {
  EXPECT_FALSE(RunIdentity::from_json(R"({"data_position":7,"mesh":"data=2"})", "here").has_value());
  EXPECT_FALSE(RunIdentity::from_json("{}", "here").has_value());
  testing::expect_user_error([] { RunIdentity::from_json(R"({"recipe":5})", "here"); },
                             "here: what index.json says of the run is not what Weft writes there");
}

TEST_F(RunIdentityTest, APathSeenFromAnotherWorkingDirectoryIsNoOtherData) {
  const Session session(recipe({}), Communicator::world());
  RunIdentity then = RunIdentity::of(session, 7);
  const std::string path = session.recipe().data.path;
  const auto learning_if_it_was = [&](const std::string& other) {
    RunIdentity moved = then;
    moved.recipe.replace(moved.recipe.find(path), path.size(), other);
    const RunDifferences found = differences(moved, session);
    EXPECT_EQ(found.free.size() + found.learning.size(), 1U) << other;
    return found.learning;
  };
  const std::string name = std::filesystem::path(path).filename().string();
  for (const std::string& same : {name, "../" + name, "/elsewhere" + path, "./../../" + name}) {
    EXPECT_TRUE(learning_if_it_was(same).empty()) << same;
  }
  for (const std::string& other : {"other/" + name, name + "x", std::string("..")}) {
    EXPECT_EQ(learning_if_it_was(other).at(0), fmt::format("data.path \"{}\" -> \"{}\"", other, path));
  }
  then.data = then.data.replace(0, 1, then.data[0] == 'a' ? "b" : "a");
  EXPECT_EQ(learning_if_it_was(path).size(), 1U) << "other data at the same place";
}

TEST_F(RunIdentityTest, DifferencesAreThoseOfKeysThatMeanSomething) {
  const std::vector<KeyDifference> found =
      differences(recipe_table(), recipe({"log.every=2"}), recipe({"optimizer.kind=sgd", "run.threads=2"}));
  std::vector<std::string> keys;
  for (const KeyDifference& difference : found) keys.push_back(difference.key);
  EXPECT_EQ(std::ranges::count(keys, "run.threads"), 1);
  EXPECT_EQ(std::ranges::count(keys, "log.every"), 1);
  EXPECT_EQ(std::ranges::count(keys, "optimizer.kind"), 1);
  for (const KeyDifference& difference : found) {
    const bool of_running = difference.key.starts_with("run.") || difference.key.starts_with("log.");
    EXPECT_EQ(difference.is_free, of_running) << difference.key;
    if (difference.key != "optimizer.momentum") continue;
    EXPECT_EQ(difference.one, "") << "AdamW has none";
  }
}

TEST_F(RunIdentityTest, WhatChangesWhatIsLearntComesFirst) {
  const std::vector<KeyValues> found =
      differing_keys(recipe_table(), {recipe({}), recipe({"run.threads=2", "optimizer.clip=3.0"})});
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].key, "optimizer.clip");
  EXPECT_EQ(found[1].key, "run.threads");
}

}  // namespace
}  // namespace weft
