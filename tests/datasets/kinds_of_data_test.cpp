// Of datasets/kind/text.cpp, datasets/kind/arrays.cpp: runs on what these open, token files and
// arrays.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <numeric>

#include "tests/recipe/needs_kinds.h"
#include "weft/base/check.h"
#include "weft/data/text/token_file.h"
#include "weft/train/session/load_recipe.h"
#include "weft/train/trainer.h"

namespace weft {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kImages = 24;

class KindsOfData : public ::testing::Test {
 protected:
  KindsOfData()
      : folder_(fs::temp_directory_path() /
                fmt::format("weft-kinds-{}-{}", getpid(),
                            ::testing::UnitTest::GetInstance()->current_test_info()->name())) {
    fs::create_directories(folder_);
  }
  ~KindsOfData() override { fs::remove_all(folder_); }

  /// 401 tokens: 50 windows of 8.
  Recipe text(const std::vector<std::string>& keys) const {
    std::vector<int32_t> tokens(401);
    std::iota(tokens.begin(), tokens.end(), 0);
    for (int32_t& token : tokens) token %= 256;
    write_token_file(folder_ / "text.tokens", tokens);
    return parse_recipe(fmt::format(R"(
[run]
epochs = 2
threads = 1
[model]
kind = "gpt"
layers = 1
heads = 2
width = 16
[data]
kind = "text"
windows = "streamed"
path = "{}"
context = 8
batch = 6
[optimizer]
kind = "adamw"
learning_rate = 1e-2
)",
                                    (folder_ / "text.tokens").string()),
                        "tokens.toml", keys);
  }

  /// Images as a safetensors file: of class 1 where they are bright.
  Recipe arrays(const std::vector<std::string>& keys) const {
    constexpr int64_t kBytes = kImages * 8 * 8 * 3;
    const std::string header =
        fmt::format(R"({{"image":{{"dtype":"U8","shape":[{0},8,8,3],"data_offsets":[0,{1}]}},)"
                    R"("label":{{"dtype":"I64","shape":[{0}],"data_offsets":[{1},{2}]}}}})",
                    kImages, kBytes, kBytes + kImages * 8);
    std::ofstream file(folder_ / "set.safetensors", std::ios::binary);
    const auto put = [&](const auto& value) {
      file.write(reinterpret_cast<const char*>(&value), sizeof(value));
    };
    put(static_cast<uint64_t>(header.size()));
    file << header;
    for (int64_t i = 0; i < kBytes; ++i)
      put(static_cast<uint8_t>((i / 192 % 2 == 1 ? 150 : 20) + i * 7 % 90));
    for (int64_t i = 0; i < kImages; ++i) put(i % 2);
    file.close();
    return parse_recipe(fmt::format(R"(
[run]
steps = 20
threads = 1
[model]
kind = "resnet"
depth = 8
width = 4
[data]
kind = "arrays"
path = "{}"
input = "image"
target = "label"
mean = [127]
deviation = [64, 64, 64]
mirror = ["width"]
validation = 0.25
batch = 6
[optimizer]
kind = "sgd"
learning_rate = 0.05
momentum = 0.9
)",
                                    (folder_ / "set.safetensors").string()),
                        "arrays.toml", keys);
  }

  static std::string refusal(const Recipe& recipe) {
    try {
      open_data(recipe, Communicator::world());
    } catch (const UserError& error) {
      return error.what();
    }
    return {};
  }

  fs::path folder_;
};

TEST_F(KindsOfData, EachWindowOfATokenFileComesOnceAnEpoch) {
  NEEDS_KINDS("gpt", "text", "language_modelling", "cross_entropy", "adamw", "constant");
  TrainingData data = open_data(text({"data.validation=0.2", "data.last_batch=pad"}), Communicator::world());
  EXPECT_EQ(data.train_samples, 40);
  EXPECT_EQ(data.epoch_batches, 7);
  EXPECT_EQ(data.validation_batches, 2);
  std::map<int32_t, int> starts;
  int64_t windows = 0;
  std::vector<int32_t> tokens(48);
  std::vector<int32_t> targets(48);
  const TensorType type{DType::i32, {6, 8}};
  const std::vector views{View{reinterpret_cast<std::byte*>(tokens.data()), type},
                          View{reinterpret_cast<std::byte*>(targets.data()), type}};
  const std::vector regions{Region::all(type.shape), Region::all(type.shape)};
  for (int64_t batch = 0; batch < 7; ++batch) {
    data.train->fill(batch, views, regions);
    for (size_t row = 0; row < 6; ++row) {
      if (targets[row * 8] < 0) continue;  // the last batch has four windows
      ++windows;
      ++starts[tokens[row * 8]];
      for (size_t i = 0; i < 8; ++i) EXPECT_EQ(targets[row * 8 + i], (tokens[row * 8 + i] + 1) % 256);
    }
  }
  EXPECT_EQ(windows, 40);
  EXPECT_EQ(starts.size(), 32U) << "windows at 0, 8, …: 32 different starts below 256, some twice";
  // The last tenth is for validation, in order, and what does not fill the last batch does not count.
  data.validation->fill(1, views, regions);
  EXPECT_EQ(tokens[0], (40 + 6) * 8 % 256);
  EXPECT_EQ(targets[4 * 8], -1);
}

TEST_F(KindsOfData, ATokenFileTrainsAndATextFileIsSentToTheTokenizer) {
  NEEDS_KINDS("gpt", "text", "language_modelling", "cross_entropy", "adamw", "constant");
  Session session(text({}), Communicator::world());
  const TrainResult result = train(session, {.out = folder_ / "run", .trace = {}});
  EXPECT_EQ(result.steps, 14) << "45 windows, two epochs of 7 batches";
  EXPECT_EQ(result.validation->rows, 5 * 8);
  std::ofstream(folder_ / "a.npy") << "\x93NUMPY";
  const std::string text_path = (folder_ / "a.npy").string();
  EXPECT_NE(refusal(text({"data.path=" + text_path})).find("a.npy"), std::string::npos);
  EXPECT_EQ(refusal(text({"data.validation=0.001"})),
            "data.validation = 0.001: of 50 windows of data.context = 8 tokens that is none");
}

TEST_F(KindsOfData, AnEpochThatFillsNoBatchIsAStepAllTheSame) {
  NEEDS_KINDS("gpt", "text", "language_modelling", "cross_entropy", "adamw", "constant");
  TrainingData data;
  EXPECT_EQ(total_steps(text({}), data), 2);
  data.epoch_batches = 7;
  EXPECT_EQ(total_steps(text({}), data), 14);
  EXPECT_EQ(total_steps(text({"optimizer.accumulate=2"}), data), 7);
}

TEST_F(KindsOfData, ArraysOfASafetensorsFileTrainAResnet) {
  NEEDS_KINDS("resnet", "arrays", "classification", "cross_entropy", "adamw", "sgd", "constant", "accuracy");
  Session session(arrays({"run.steps=60"}), Communicator::world());
  EXPECT_EQ(session.data().facts.target.below, 2);
  const TrainResult result = train(session, {.out = folder_ / "run", .trace = {}});
  EXPECT_EQ(result.validation->rows, 6);
  EXPECT_EQ(*result.validation->metric("accuracy"), 1.0) << "bright and dark are easily told apart";
}

TEST_F(KindsOfData, ArraysThatDoNotFitAreOneSentence) {
  NEEDS_KINDS("resnet", "cosmoflow", "arrays", "classification", "regression", "cross_entropy", "mse",
              "adamw", "sgd", "constant");
  EXPECT_NE(refusal(arrays({"data.input=picture"})).find("picture"), std::string::npos);
  EXPECT_EQ(refusal(arrays({"data.mean=[1, 2]"})),
            "data.mean: 2 numbers, and field image has 3 channels; expected one for each, or one for all");
  const auto building = [&](const std::vector<std::string>& keys) -> std::string {
    try {
      Session session(arrays(keys), Communicator::world());
    } catch (const UserError& error) {
      return error.what();
    }
    return {};
  };
  EXPECT_EQ(building({"model.kind=cosmoflow"}),
            "model.kind: a cosmoflow learns a list of numbers, and data.target has class ids");
  EXPECT_EQ(building({"model.classes=1"}), "");
  EXPECT_EQ(building({"data.channels=none", "data.deviation=[]"}),
            "model.kind: a resnet takes images, and a sample of data.path is [8, 8, 3, 1]");
  EXPECT_THROW(arrays({"data.mirror=[\"up\"]"}), UserError);
  EXPECT_THROW(arrays({"data.target=\"\""}), UserError);
  EXPECT_THROW(arrays({"data.sampler=class_balanced"}), UserError);
}

}  // namespace
}  // namespace weft
