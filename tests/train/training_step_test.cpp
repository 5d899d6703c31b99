// Steps that change nothing: counted, said, and the end of a run where they do not cease.
#include "weft/train/training_step.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <regex>

#include "tests/datasets/data_folder.h"
#include "tests/datasets/labelled_images.h"
#include "tests/recipe/needs_kinds.h"
#include "weft/report/metrics_log.h"
#include "weft/train/session/load_recipe.h"
#include "weft/train/trainer.h"

namespace weft {
namespace {

constexpr int64_t kSide = 8;
constexpr int64_t kImages = 8;

class SkippedUpdates : public testing::DataFolder {
 protected:
  void SetUp() override {
    NEEDS_KINDS("metrics_log", "progress_line", "checkpoints", "resnet", "arrays", "classification",
                "cross_entropy", "sgd", "constant");
    for (int64_t i = 0; i < kImages; ++i) labels_.push_back(i % 2);
    for (int64_t i = 0; i < kImages * kSide * kSide; ++i)
      pixels_.push_back(static_cast<float>(i * 37 % 19) / 19);
  }
  /// Sums of them are infinite: batch norm makes NaN of that, which the relu behind it hides from the loss.
  void make_huge(int64_t image) {
    std::fill_n(pixels_.begin() + image * kSide * kSide, kSide * kSide, 3.3e38F);
  }
  Recipe recipe(const std::vector<std::string>& keys) {
    testing::write_labelled_images(folder_ / "set.safetensors", pixels_, labels_, kImages, {kSide, kSide, 1});
    testing::write_labelled_images(folder_ / "first.safetensors", pixels_, labels_, 2, {kSide, kSide, 1});
    return parse_recipe(fmt::format(R"(
[run]
steps = 12
threads = 1
[model]
kind = "resnet"
depth = 8
width = 4
classes = 2
[data]
kind = "arrays"
path = "{0}/set.safetensors"
validation = "{0}/first.safetensors"
shuffle = false
batch = 2
[optimizer]
kind = "sgd"
learning_rate = 0.05
)",
                                    folder_.string()),
                        "skips.toml", keys);
  }
  /// What a run says, and how it ends.
  struct Said {
    std::string lines;
    std::string error;
    std::vector<MetricsRow> rows;
  };
  Said run(const std::vector<std::string>& keys) {
    Said said;
    ::testing::internal::CaptureStderr();
    try {
      Session session(recipe(keys), Communicator::world());
      train(session, {.out = folder_ / "run", .trace = {}});
    } catch (const UserError& error) {
      said.error = error.what();
    }
    said.lines = ::testing::internal::GetCapturedStderr();
    said.rows = read_metrics(folder_ / "run" / "metrics.jsonl");
    return said;
  }

  std::vector<float> pixels_;
  std::vector<int64_t> labels_;
};

TEST_F(SkippedUpdates, AreSaidAndCountedAndTheRunGoesOn) {
  make_huge(4);
  const Said said = run({});
  EXPECT_EQ(said.error, "");
  EXPECT_EQ(said.rows.size(), 12U);
  for (const char* text : {"warning: step 3: the update was left out, because the gradient is not finite",
                           "warning: step 7: the update", "step 12/12", "  3 updates left out  "}) {
    EXPECT_NE(said.lines.find(text), std::string::npos) << text << " is not in\n" << said.lines;
  }
  EXPECT_EQ(said.lines.find("warning: step 4:"), std::string::npos) << said.lines;
  EXPECT_EQ(said.lines.find("nan"), std::string::npos) << "of the evaluation, whose batch norm had no NaN";
}

TEST_F(SkippedUpdates, SeveralInARowEndTheRunWithTheOpsName) {
  for (int64_t i = 4; i < kImages; ++i) make_huge(i);
  labels_.assign(labels_.size(), 1);
  const Said said = run({"optimizer.skip_limit=1"});
  EXPECT_TRUE(
      said.error.starts_with("step 4: the gradient is not finite, 2 times in a row (optimizer.skip_limit "
                             "= 1); the first result that is "
                             "not finite comes from "))
      << said.error;
  EXPECT_NE(said.error.find("conv"), std::string::npos) << said.error;
  EXPECT_TRUE(std::regex_search(said.error, std::regex(" in (stem|stage[1-3]\\.0); "))) << said.error;
  EXPECT_TRUE(
      said.error.ends_with("; a lower optimizer.learning_rate, a longer optimizer.warmup or optimizer.clip = "
                           "1.0 may keep it finite"))
      << said.error;
  EXPECT_EQ(said.rows.size(), 3U);
}

TEST_F(SkippedUpdates, TargetsOfWhichNoneCountsAreNoLossOfZero) {
  std::fill(labels_.begin() + 2, labels_.end(), -100);
  const Said said = run({"data.ignore_index=-100", "optimizer.skip_limit=2"});
  EXPECT_NE(
      said.lines.find("warning: step 2: the update was left out, because no target of the batch counts"),
      std::string::npos)
      << said.lines;
  ASSERT_EQ(said.rows.size(), 3U);
  EXPECT_TRUE(std::isfinite(said.rows[0].loss));
  EXPECT_TRUE(std::isnan(said.rows[1].loss)) << said.rows[1].loss;
  EXPECT_TRUE(
      said.error.starts_with("step 4: no target of its batch counts, 3 times in a row "
                             "(optimizer.skip_limit = 2): all are missing, ignored, or of samples that were "
                             "left out; no good checkpoint was written yet"))
      << said.error;
}

TEST_F(SkippedUpdates, ValidationOfWhichNoTargetCountsIsAnError) {
  labels_.assign(labels_.size(), -100);
  Session session(recipe({"data.ignore_index=-100"}), Communicator::world());
  try {
    evaluate(session, 0);
    FAIL() << "a loss of nothing";
  } catch (const UserError& error) {
    EXPECT_STREQ(
        error.what(),
        "validation: none of its targets counts: all are missing, ignored, or of samples that were left out");
  }
}

}  // namespace
}  // namespace weft
