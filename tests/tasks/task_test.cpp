#include "weft/tasks/task.h"

#include <gtest/gtest.h>

#include "tests/models/built.h"
#include "tests/ops/expect_error.h"
#include "tests/recipe/needs_kinds.h"

namespace weft {
namespace {

/// Its usual loss is in a file that somebody deleted.
struct Unlosing final : KindOf<Unlosing, Task> {
  static constexpr std::string_view kName = "unlosing";
  static constexpr std::string_view kMeaning = "learns without a loss";
  bool suits(const DataFacts& /*facts*/) const override { return true; }
  std::string_view usual_loss() const override { return "deleted"; }
};

const DataFacts kImages = testing::images({8, 8, 3}, 10);
const DataFacts kVolumes = testing::volumes({8, 8, 8, 1}, {4});
const DataFacts kText = testing::tokens(5, 11);

TEST(Tasks, TheDataSayWhichOneIsMeant) {
  NEEDS_KINDS("classification", "regression", "language_modelling");
  EXPECT_EQ(task_of({}, kImages).name(), "classification");
  EXPECT_EQ(task_of({}, kVolumes).name(), "regression");
  EXPECT_EQ(task_of({}, kText).name(), "language_modelling");
}

TEST(Tasks, NoTwoAreOfTheSameData) {
  for (const DataFacts& facts : {kImages, kVolumes, kText}) {
    int64_t found = 0;
    for (const auto& task : Task::kinds().list()) found += task->suits(facts) ? 1 : 0;
    EXPECT_LE(found, 1);
  }
}

TEST(Tasks, ANamedOneMustSuitTheData) {
  NEEDS_KINDS("regression");
  Recipe recipe;
  recipe.task.kind.hold(Task::kinds().find("regression"));
  EXPECT_EQ(task_of(recipe, kVolumes).name(), "regression");
  testing::expect_user_error(
      [&] { task_of(recipe, kImages); },
      "task.kind = \"regression\": the data's targets are ids, which it does not learn");
}

TEST(Tasks, DataThatNoneIsOfAreRefused) {
  // Class ids with axes of their own: a segmentation.
  DataFacts facts = kImages;
  facts.target.shape = {8, 8};
  testing::expect_user_error([&] { task_of({}, facts); },
                             "task.kind: no task learns the data's targets, ids");
}

TEST(Tasks, ALossThatDoesNotSuitTheTargetsIsRefused) {
  NEEDS_KINDS("classification", "mse");
  Recipe recipe;
  recipe.loss.kind.hold(Loss::kinds().find("mse"));
  testing::expect_user_error([&] { loss_of(recipe, task_of(recipe, kImages), kImages); },
                             "loss.kind = \"mse\": the data's targets are ids, which it does not measure");
}

TEST(Tasks, WithoutTheirUsualLossNeedOneThatIsNamed) {
  testing::expect_user_error(
      [] { loss_of({}, Unlosing{}, kImages); },
      "loss.kind: name one, because \"deleted\", the usual one of task \"unlosing\", is "
      "not built");
}

TEST(Tasks, HaveUsualLossesAndMetricsThatThereAreAndThatSuitThem) {
  for (const auto& task : Task::kinds().list()) {
    int64_t suited = 0;
    for (const DataFacts& facts : {kImages, kVolumes, kText}) {
      if (!task->suits(facts)) continue;
      ++suited;
      const auto loss = Loss::kinds().find(task->usual_loss());
      EXPECT_TRUE(loss || testing::kinds_are_left_out()) << task->name() << " " << task->usual_loss();
      EXPECT_TRUE(!loss || loss->suits(facts.target)) << task->name() << " " << task->usual_loss();
      for (const std::string_view name : task->usual_metrics()) {
        const auto metric = Metric::kinds().find(name);
        EXPECT_TRUE(metric || testing::kinds_are_left_out()) << task->name() << " " << name;
        EXPECT_TRUE(!metric || metric->suits(facts.target)) << task->name() << " " << name;
      }
    }
    EXPECT_GE(suited, 1) << task->name() << " is of none of the data that this test knows";
  }
}

TEST(Tasks, MetricsAreTheTasksOwnOrThoseThatAreNamed) {
  NEEDS_KINDS("classification", "accuracy", "mae", "perplexity");
  Recipe recipe;
  const Task& task = task_of(recipe, kImages);
  const auto add = [&](const char* name) {
    Choice<Metric> choice;
    choice.hold(Metric::kinds().find(name));
    recipe.task.metrics.add(choice);
  };
  ASSERT_EQ(metrics_of(recipe, task, kImages).size(), 1U);
  EXPECT_EQ(metrics_of(recipe, task, kImages)[0]->name(), "accuracy");
  add("perplexity");
  ASSERT_EQ(metrics_of(recipe, task, kImages).size(), 1U);
  EXPECT_EQ(metrics_of(recipe, task, kImages)[0]->name(), "perplexity");
  add("mae");
  testing::expect_user_error([&] { metrics_of(recipe, task, kImages); },
                             "task.metrics: \"mae\" does not measure the data's targets, ids");
}

}  // namespace
}  // namespace weft
