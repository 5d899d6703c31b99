#include "weft/train/session/batch_feed.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <limits>

#include "tests/datasets/data_folder.h"
#include "tests/datasets/labelled_images.h"
#include "tests/ops/expect_error.h"
#include "tests/recipe/needs_kinds.h"
#include "weft/store/safetensors.h"
#include "weft/train/evaluate.h"
#include "weft/train/session/load_recipe.h"
#include "weft/train/trainer.h"

namespace weft {
namespace {

/// Six images of one pixel, which batches of three take in order, and their labels.
class BatchFeedTest : public testing::DataFolder {
 protected:
  void SetUp() override {
    NEEDS_KINDS("resnet", "arrays", "classification", "cross_entropy", "sgd", "constant");
  }
  Recipe recipe(const std::vector<std::string>& keys) {
    testing::write_labelled_images(folder_ / "set.safetensors", pixels_, labels_, 6, {8, 8, 1});
    testing::write_labelled_images(folder_ / "held.safetensors", pixels_, held_labels_, 3, {8, 8, 1});
    return parse_recipe(fmt::format(R"(
[run]
steps = 4
threads = 1
[model]
kind = "resnet"
depth = 8
width = 4
[data]
kind = "arrays"
path = "{0}/set.safetensors"
validation = "{0}/held.safetensors"
shuffle = false
batch = 3
[optimizer]
kind = "sgd"
learning_rate = 0.05
)",
                                    folder_.string()),
                        "feed.toml", keys);
  }
  std::string set() const { return (folder_ / "set.safetensors").string(); }

  std::vector<float> pixels_ = std::vector<float>(6 * 64, 0.5F);
  std::vector<int64_t> labels_{0, 1, 2, 0, 1, 2};
  std::vector<int64_t> held_labels_{0, 1, 2};
};

TEST_F(BatchFeedTest, NamesTheSampleWhoseLabelTheNetworkHasNot) {
  Session session(recipe({"model.classes=2"}), Communicator::world());
  testing::expect_user_error([&] { session.feed(*session.data().train, 0); },
                             "set.safetensors[2]: field label is 2, expected a class id from 0 to 1");
  testing::expect_user_error([&] { evaluate(session, 0); },
                             "held.safetensors[2]: field label is 2, expected a class id from 0 to 1");
}

TEST_F(BatchFeedTest, SkippedSamplesAreListedAndBounded) {
  pixels_[1 * 64 + 5] = std::numeric_limits<float>::quiet_NaN();
  pixels_[4 * 64 + 5] = std::numeric_limits<float>::infinity();
  Session session(recipe({"data.missing=skip"}), Communicator::world());
  session.feed(*session.data().train, 0);
  const std::vector<std::string> notices = session.feeder().notices();
  ASSERT_EQ(notices.size(), 1U);
  EXPECT_EQ(notices[0], fmt::format("left out: {}[1]: field image has numbers that are missing", set()));
  for (int64_t number = 1; number < 6; ++number) session.feed(*session.data().train, number);
  EXPECT_EQ(session.feeder().notices().size(), 1U) << "each sample once, however many epochs";
  Session strict(recipe({"data.missing=skip", "data.bad_limit=1"}), Communicator::world());
  strict.feed(*strict.data().train, 0);
  testing::expect_user_error(
      [&] { strict.feed(*strict.data().train, 1); },
      fmt::format("data.bad_limit=1: one bad sample too many; the last was: {}[4]: field image has "
                  "numbers that are missing",
                  set()));
}

TEST_F(BatchFeedTest, AValidationLossThatIsNoNumberEndsTheRunAfterItsEnd) {
  const Recipe made = recipe({});
  std::vector<float> huge(3 * 64, 3e38F);
  testing::write_labelled_images(folder_ / "held.safetensors", huge, held_labels_, 3, {8, 8, 1});
  Session session(made, Communicator::world());
  testing::expect_user_error([&] { train(session, {.out = folder_ / "run", .trace = {}}); },
                             "step 4: the validation loss is nan, though that of training is ");
  EXPECT_TRUE(std::filesystem::exists(folder_ / "run/checkpoints/step-0000000004"));
}

TEST_F(BatchFeedTest, ABatchOfWhichAllIsMissingIsSaid) {
  std::fill(pixels_.begin() + 3 * 64, pixels_.end(), std::numeric_limits<float>::quiet_NaN());
  Session session(recipe({"data.missing=mask"}), Communicator::world());
  session.feed(*session.data().train, 0);
  EXPECT_TRUE(session.feeder().notices().empty());
  session.feed(*session.data().train, 1);
  EXPECT_EQ(session.feeder().notices(),
            std::vector{fmt::format("warning: all input numbers of a batch are missing, and data.missing = "
                                    "\"mask\" makes 0 of them, such as those of {}[3]",
                                    set())});
}

TEST_F(BatchFeedTest, NumbersThatAreOthersAreOtherData) {
  const auto fingerprint = [&] { return open_data(recipe({}), Communicator::world()).fingerprint; };
  const std::string before = fingerprint();
  EXPECT_EQ(fingerprint(), before);
  labels_[4] = 0;
  const std::string of_labels = fingerprint();
  EXPECT_NE(of_labels, before);
  pixels_[70] = 0.25F;
  EXPECT_NE(fingerprint(), of_labels);
}

TEST_F(BatchFeedTest, TheProgramIsToldWhichRowsAreThere) {
  pixels_[1 * 64 + 5] = std::numeric_limits<float>::quiet_NaN();
  Session session(recipe({"data.missing=skip"}), Communicator::world());
  const auto rows = [&](int64_t number) {
    session.feed(*session.data().train, number);
    const View view = session.executor().view("rows");
    return std::vector<float>(view.as<float>(), view.as<float>() + 3);
  };
  EXPECT_EQ(rows(0), (std::vector<float>{1, 0, 1}));
  EXPECT_EQ(rows(1), (std::vector<float>{1, 1, 1}));
  const Session whole(recipe({"data.missing=fail"}), Communicator::world());
  EXPECT_FALSE(whole.executor().program().named.contains("rows"))
      << "where none can be missing nothing is counted";
}

TEST_F(BatchFeedTest, LabelsThatTheDataCannotHaveAreRefusedAtTheStart) {
  held_labels_[1] = 7;
  EXPECT_EQ(refusal(recipe({})),
            "data.validation: a sample has the class id 7, and those to train on have ids from 0 to 2; "
            "model.classes may say how many there are");
  held_labels_[1] = 1;
  labels_[3] = -1;
  EXPECT_EQ(refusal(recipe({})), set() + "[3]: field label is -1, expected a class id from 0 on");
  EXPECT_EQ(refusal(recipe({"data.ignore_index=-100"})),
            set() + "[3]: field label is -1, expected a class id from 0 on, or data.ignore_index = -100");
  EXPECT_EQ(refusal(recipe({"data.ignore_index=-1"})), "");
  labels_.assign(6, -1);
  EXPECT_EQ(refusal(recipe({"data.ignore_index=-1"})),
            "data.target: no training sample has a class id, but for those that are missing, and "
            "data.ignore_index");
}

TEST_F(BatchFeedTest, NumbersHaveNoIdThatCouldBeIgnored) {
  NEEDS_KINDS("regression", "mse");
  Recipe numbers = recipe({"data.ignore_index=-100"});
  write_safetensors(folder_ / "set.safetensors",
                    std::vector<NamedView>{
                        {"image", {reinterpret_cast<std::byte*>(pixels_.data()), {DType::f32, {3, 8, 8, 1}}}},
                        {"label", {reinterpret_cast<std::byte*>(pixels_.data()), {DType::f32, {3, 4}}}}});
  std::filesystem::copy_file(folder_ / "set.safetensors", folder_ / "held.safetensors",
                             std::filesystem::copy_options::overwrite_existing);
  EXPECT_EQ(refusal(numbers),
            "data.ignore_index = -100: the targets are numbers, which have no id that could be ignored; "
            "data.missing says what becomes of those that are missing");
}

}  // namespace
}  // namespace weft
