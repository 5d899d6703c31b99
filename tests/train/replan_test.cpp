// Of train/session/session.h: a run whose Program is swapped under it, and Programs beside the one that
// trains.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstring>

#include "tests/ops/expect_error.h"
#include "tests/recipe/needs_kinds.h"
#include "tests/train/count_allocations.h"
#include "tests/train/tiny_text.h"
#include "weft/train/evaluate.h"
#include "weft/train/training_step.h"

namespace weft::testing {
namespace {

constexpr double kRate = 1e-2;
constexpr int64_t kRows = 6;

class ReplanTest : public ::testing::Test {
 protected:
  void SetUp() override {
    NEEDS_KINDS("gpt", "text", "language_modelling", "cross_entropy", "adamw", "constant", "bytes");
  }
  Recipe recipe(const std::vector<std::string>& changes = {}) const {
    return text_.recipe({"optimizer.clip=1.0", fmt::format("data.batch={}", kRows)}, changes);
  }

  /// Losses of the steps from `first` to before `last`. The samples are those of whole batches, however many
  /// microbatches a step has.
  std::vector<double> steps(Session& session, int64_t first, int64_t last) {
    const int64_t rows = session.recipe().microbatch_rows();
    const int64_t micros = session.recipe().optimizer.accumulate;
    TrainingStep step(session, [&](int64_t number) {
      const std::vector<std::string> names = batch_inputs(session.data().facts);
      std::vector<View> views;
      std::vector<Region> regions;
      for (const std::string& name : names) {
        views.push_back(session.executor().view(name));
        regions.push_back(Region::all(views.back().type.shape));
        regions.back().ranges[0] = {number % micros * rows, (number % micros + 1) * rows};
      }
      batches_->fill(number / micros, views, regions);
    });
    std::vector<double> losses;
    for (int64_t number = first; number < last; ++number) losses.push_back(step.run(number, kRate).loss);
    return losses;
  }

  Session open(const Recipe& recipe_of_run) {
    if (!batches_) batches_ = open_data(recipe(), Communicator::world()).train;
    return {recipe_of_run, Communicator::world()};
  }

  std::vector<double> without_replan() {
    Session session = open(recipe());
    return steps(session, 0, 20);
  }

  testing::TinyText text_;
  std::unique_ptr<BatchSource> batches_;
};

std::vector<float> values(const StateStore& store, const std::string& name) {
  const View view = store.view(name);
  return {view.as<float>(), view.as<float>() + view.elems()};
}

void append(std::vector<double>& to, const std::vector<double>& more) {
  to.insert(to.end(), more.begin(), more.end());
}

TEST_F(ReplanTest, AnotherMicrobatchAndBackGivesTheCurveOfNoReplan) {
  const std::vector<double> expected = without_replan();
  ASSERT_LT(expected.back(), 0.9 * expected.front()) << "nothing was learnt, so nothing is compared";
  Session session = open(recipe());
  std::vector<double> got = steps(session, 0, 10);
  const Carrying there = session.replan(recipe({"optimizer.accumulate=3"}));
  EXPECT_EQ(session.recipe().microbatch_rows(), kRows / 3);
  const size_t parameters = there.added.size();
  for (const std::string& name : there.added) EXPECT_EQ(name.substr(0, 9), "gradient.");
  EXPECT_EQ(there.carried.size(), 3 * parameters) << "a parameter and two moments each";
  EXPECT_TRUE(there.left_out.empty());
  append(got, steps(session, 10, 15));
  const Carrying back = session.replan(recipe());
  EXPECT_EQ(back.left_out.size(), parameters);
  EXPECT_EQ(back.carried.size(), 3 * parameters);
  append(got, steps(session, 15, 20));
  for (size_t i = 0; i < 10; ++i) EXPECT_EQ(got[i], expected[i]) << "step " << i + 1;
  // A sum of f32 over microbatches comes in another order; the curve stays within the bar of meshes.
  for (size_t i = 10; i < 20; ++i) EXPECT_NEAR(got[i], expected[i], 1e-4 * expected[i]) << "step " << i + 1;
}

TEST_F(ReplanTest, ThereAndBackWithoutAStepChangesNoBit) {
  const std::vector<double> expected = without_replan();
  Session session = open(recipe());
  std::vector<double> got = steps(session, 0, 10);
  session.replan(recipe({"optimizer.accumulate=2"}));
  session.replan(recipe());
  append(got, steps(session, 10, 20));
  EXPECT_EQ(got, expected);
}

TEST_F(ReplanTest, AnotherBatchKeepsTheStatesWhereTheyAre) {
  Session session = open(recipe());
  steps(session, 0, 3);
  const std::byte* table = session.store().view("wte").data;
  const std::vector<float> before = values(session.store(), "adam.m.wte");
  const Carrying carrying = session.replan(recipe({"data.batch=4"}));
  EXPECT_TRUE(carrying.in_place);
  EXPECT_EQ(session.store().view("wte").data, table);
  EXPECT_EQ(values(session.store(), "adam.m.wte"), before);
  EXPECT_EQ(session.executor().view("tokens").type.shape, (Dims{4, 8}));
  TrainingStep step(session);
  EXPECT_LT(step.run(3, kRate).loss, 10) << "batches of four come from the session's own data";
}

TEST_F(ReplanTest, ALayerMoreStartsAsItWouldAndOthersGoOn) {
  Session session = open(recipe());
  steps(session, 0, 3);
  const std::vector<float> table = values(session.store(), "wte");
  const std::vector<float> first = values(session.store(), "h.0.mlp.fc.weight");
  const Recipe deeper = recipe({"model.layers=2"});
  const Carrying carrying = session.replan(deeper);
  EXPECT_TRUE(carrying.left_out.empty());
  EXPECT_FALSE(carrying.added.empty());
  for (const std::string& name : carrying.added) EXPECT_NE(name.find("h.1."), std::string::npos) << name;
  EXPECT_EQ(values(session.store(), "wte"), table);
  EXPECT_EQ(values(session.store(), "h.0.mlp.fc.weight"), first);
  const Session fresh = open(deeper);
  for (const std::string& name : carrying.added) {
    EXPECT_EQ(values(session.store(), name), values(fresh.store(), name)) << name;
  }
}

TEST_F(ReplanTest, StatesAreCarriedUnderTheNamesThatAreGiven) {
  Session session = open(recipe());
  steps(session, 0, 3);
  const std::vector<float> learnt = values(session.store(), "h.0.mlp.fc.weight");
  const Carrying carrying =
      session.replan(recipe({"model.layers=2"}), {{"h.0.mlp.fc.weight", "h.1.mlp.fc.weight"}});
  EXPECT_EQ(values(session.store(), "h.1.mlp.fc.weight"), learnt);
  EXPECT_NE(values(session.store(), "h.0.mlp.fc.weight"), learnt) << "nothing became it, so it is new";
  EXPECT_NE(std::find(carrying.added.begin(), carrying.added.end(), "h.0.mlp.fc.weight"),
            carrying.added.end());
}

TEST_F(ReplanTest, WhatCannotBeCarriedIsSaidAndTheRunGoesOn) {
  const std::vector<double> expected = without_replan();
  Session session = open(recipe());
  std::vector<double> got = steps(session, 0, 10);
  expect_user_error([&] { session.replan(recipe({"model.width=32"})); },
                    "replan: state adam.m.h.0.attn.proj.bias is [0:16] of f32[16]");
  expect_user_error([&] { session.replan(recipe({"data.context=4"})); },
                    "replan: [data] may change in data.batch only");
  expect_user_error([&] { session.replan(recipe({"parallel.data=2"})); },
                    "replan: [parallel] may not change");
  expect_user_error([&] { session.replan(recipe({"run.device=reference"})); },
                    "replan: run.device may not change");
  append(got, steps(session, 10, 20));
  EXPECT_EQ(got, expected);
}

TEST_F(ReplanTest, EvaluationAsAProgramOfItsOwnGivesTheSameLoss) {
  Session session = open(recipe());
  const auto own = session.attach(
      plan_graph(build_evaluation_graph(session.recipe(), session.data().facts), session.recipe(), {})
          .program);
  // Batches of another shape, over the same validation text.
  const Recipe narrow = recipe({"data.batch=3"});
  const TrainingData data = open_data(narrow, session.world());
  const auto other =
      session.attach(plan_graph(build_evaluation_graph(narrow, data.facts), narrow, {}).program);
  BatchFeed feed = feed_of(narrow, data.facts, session.world());
  EXPECT_FALSE(own->program().find("accumulate").has_value());
  EXPECT_TRUE(own->new_states().empty() && other->new_states().empty());
  std::vector<double> losses;
  for (const int64_t first : {0, 5}) {
    const Evaluation expected = evaluate(session, 0);
    EXPECT_EQ(evaluate(*own, session.feeder(), session.recipe(), session.data(), 0)->loss, expected.loss);
    const Evaluation apart = *evaluate(*other, feed, narrow, data, 0);
    EXPECT_EQ(apart.targets, expected.targets);
    EXPECT_NEAR(apart.loss, expected.loss, 1e-5 * expected.loss) << "sums of f32 in another order";
    losses.push_back(expected.loss);
    steps(session, first, first + 5);
  }
  EXPECT_LT(losses[1], losses[0]) << "it must see what was learnt";
}

TEST_F(ReplanTest, ASnapshotGoesOnBitForBit) {
  Session session = open(recipe());
  steps(session, 0, 5);
  const StateSnapshot snapshot = session.store().snapshot();
  const std::vector<double> expected = steps(session, 5, 10);
  session.store().restore(snapshot);
  EXPECT_EQ(steps(session, 5, 10), expected);
}

TEST_F(ReplanTest, AfterItAStepAllocatesNothing) {
  if (!counts_allocations()) GTEST_SKIP() << "AddressSanitizer keeps operator new to itself";
  Session session = open(recipe());
  session.replan(recipe({"optimizer.accumulate=2"}));
  TrainingStep step(session, [](int64_t) {});
  session.feed(*session.data().train, 0);
  step.run(0, kRate);  // libraries may set themselves up at their first call
  const auto more_steps = [&] {
    for (int64_t i = 1; i < 5; ++i) step.run(i, kRate);
  };
  EXPECT_EQ(allocations_in(more_steps), 0);
}

}  // namespace
}  // namespace weft::testing
