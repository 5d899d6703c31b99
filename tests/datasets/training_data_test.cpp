// What a recipe's [data] makes of a tree of images: which samples come how often, what is held out.
#include "weft/datasets/training_data.h"
#include "tests/recipe/tiny_recipes.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <turbojpeg.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <map>

#include "tests/datasets/data_folder.h"
#include "tests/ops/expect_error.h"
#include "tests/recipe/needs_kinds.h"
#include "weft/base/check.h"
#include "weft/train/session/load_recipe.h"
#include "weft/train/session/session.h"

namespace weft {
namespace {

namespace fs = std::filesystem;

class TrainingDataTest : public testing::DataFolder {
 protected:
  void SetUp() override {
    NEEDS_KINDS("resnet", "images", "classification", "cross_entropy", "sgd", "constant", "accuracy");
  }
  TrainingDataTest() {
    // 40 ants and 8 bees.
    for (int i = 0; i < 48; ++i)
      write_jpeg(folder_ / (i % 6 == 5 ? "bee" : "ant") / fmt::format("{:02}.jpg", i));
  }

  static void write_jpeg(const fs::path& path) {
    const std::vector<unsigned char> pixels(size_t{8} * 8 * 3, 100);
    tjhandle handle = tjInitCompress();
    unsigned char* bytes = nullptr;
    unsigned long size = 0;
    tjCompress2(handle, pixels.data(), 8, 0, 8, TJPF_RGB, &bytes, &size, TJSAMP_444, 90, 0);
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<char*>(bytes), static_cast<std::streamsize>(size));
    tjFree(bytes);
    tjDestroy(handle);
  }

  Recipe recipe(const std::vector<std::string>& keys) const {
    return parse_recipe(fmt::format(R"([run]
epochs = 1
{}batch = 12
validation = 0.25
[optimizer]
kind = "sgd"
learning_rate = 0.1
)",
                                    testing::tiny_resnet(folder_)),
                        "test.toml", keys);
  }

  /// How often each class comes in the first steps.
  std::map<int32_t, int64_t> classes(const std::vector<std::string>& keys, int64_t steps) const {
    TrainingData data = open_data(recipe(keys), Communicator::world());
    std::map<int32_t, int64_t> counts;
    std::vector<int32_t> labels(12);
    std::vector<float> pixels(12 * 8 * 8 * 3);
    for (int64_t step = 0; step < steps; ++step) {
      const Dims shape{12, 8, 8, 3};
      data.train->fill(step,
                       std::vector{View{reinterpret_cast<std::byte*>(pixels.data()), {DType::f32, shape}},
                                   View{reinterpret_cast<std::byte*>(labels.data()), {DType::i32, {12}}}},
                       std::vector{Region::all(shape), Region::all({12})});
      for (const int32_t label : labels) ++counts[label];
    }
    return counts;
  }

  std::string refusal(const std::vector<std::string>& keys) const {
    return DataFolder::refusal(recipe(keys));
  }

  std::string weights(const std::function<std::string(int)>& line, int count) const {
    const fs::path path = folder_.string() + ".weights";
    std::ofstream file(path);
    for (int i = 0; i < count; ++i) file << line(i) << "\n";
    return path.string();
  }
};

TEST_F(TrainingDataTest, AFractionIsHeldOut) {
  const TrainingData data = open_data(recipe({}), Communicator::world());
  EXPECT_EQ(data.train_samples, 36);
  EXPECT_EQ(data.validation_batches, 1);
  EXPECT_EQ(data.facts.target.below, 2);
}

TEST_F(TrainingDataTest, EachPartSaysHowLargeItIs) {
  const auto opened = [&] { return open_data(recipe({}), Communicator::world()); };
  const TrainingData before = opened();
  const auto size = static_cast<int64_t>(fs::file_size(folder_ / "ant/00.jpg"));
  EXPECT_EQ(before.training.count, 36);
  EXPECT_EQ(before.training.bytes, 36 * size);
  EXPECT_EQ(before.held_out.bytes, 12 * size);
  EXPECT_EQ(before.held_out.unit, "sample");
  std::ofstream(folder_ / "ant/00.jpg", std::ios::app) << "seven m";
  const TrainingData after = opened();
  EXPECT_EQ(after.training.bytes + after.held_out.bytes, 48 * size + 7);
  EXPECT_EQ(after.training.names, before.training.names) << "the names are the same";
  EXPECT_NE(after.fingerprint, before.fingerprint);
  fs::rename(folder_ / "ant/00.jpg", folder_ / "ant/99.jpg");
  EXPECT_NE(opened().training.names, before.training.names);
}

TEST_F(TrainingDataTest, ClassesInBalanceComeEquallyOften) {
  const auto uniform = classes({}, 30);
  EXPECT_GT(uniform.at(0), 3 * uniform.at(1));
  const auto balanced = classes({"data.sampler=class_balanced"}, 30);
  EXPECT_NEAR(static_cast<double>(balanced.at(0)), 180, 12);
  EXPECT_NEAR(static_cast<double>(balanced.at(1)), 180, 12);
}

TEST_F(TrainingDataTest, WeightsSayHowOftenEachSampleComes) {
  // Ants are the first 40: all of the weight is on bees.
  const std::string path = weights([](int i) { return i < 40 ? "0" : "1.5"; }, 48);
  const auto counts = classes({"data.sampler=weighted", "data.weights=" + path}, 10);
  EXPECT_EQ(counts.count(0), 0U);
  EXPECT_EQ(counts.at(1), 120);
  fs::remove(path);
}

TEST_F(TrainingDataTest, AnotherDataSetIsMixedInByItsShare) {
  // Bees and wasps: a class that the first has, and one that it has not.
  const fs::path more = folder_.string() + ".more";
  for (int i = 0; i < 12; ++i) write_jpeg(more / (i % 3 == 0 ? "wasp" : "bee") / fmt::format("{:02}.jpg", i));
  const std::vector<std::string> keys{fmt::format(R"(data.mix=[{{path="{}", share=0.5}}])", more.string())};
  const TrainingData data = open_data(recipe(keys), Communicator::world());
  EXPECT_EQ(data.facts.target.below, 3);
  EXPECT_EQ(data.remarks,
            std::vector{
                fmt::format("data.mix: {} has 1 class that data.path has not, such as wasp", more.string())});
  EXPECT_EQ(data.epoch_batches, 54 / 12) << "36 of the first and half as many of the second";
  const auto counts = classes(keys, 40);  // 480 samples: 320 of the first, 160 of the second
  EXPECT_NEAR(static_cast<double>(counts.at(2)), 160.0 / 3, 3) << "wasps";
  EXPECT_GT(counts.at(1), 100) << "bees of both";
  const std::string none = folder_.string() + "/none";
  EXPECT_NE(refusal({fmt::format(R"(data.mix=[{{path="{}", share=1}}])", none)}).find(none),
            std::string::npos);
  for (const char* share : {"0", "1e300", "nan"}) {
    testing::expect_user_error(
        [&] { recipe({fmt::format(R"(data.mix=[{{path="x", share={}}}])", share)}); },
        "\"data.mix\": expected a list of {path = \"...\", share = NUMBER in (0, 1000]}, got the list ");
  }
  testing::expect_user_error(
      [&] {
        recipe({R"(data.mix=[{path="x", share=1}])", "data.shuffle=false"});
      },
      "it goes with data.sampler = \"uniform\" and data.shuffle = true");
  fs::remove_all(more);
}

TEST_F(TrainingDataTest, AMachineSaysHowFastOriginsAreAndNotWhatTheyGive) {
  const fs::path machine = folder_.string() + ".machine.json";
  std::ofstream(machine) << R"({"network_gbps": 1, "storage": {"file_system": {"read_mb_s": 100}}})";
  EXPECT_EQ(classes({"data.machine=" + machine.string()}, 10), classes({}, 10));
  fs::remove(machine);
  EXPECT_EQ(refusal({"data.machine=" + machine.string()}),
            fmt::format("data.machine: {} does not exist; --set data.machine=… says where it is",
                        machine.string()));
}

TEST_F(TrainingDataTest, WeightsThatDoNotFitAreOneSentence) {
  const std::string path = weights([](int) { return "1"; }, 47);
  EXPECT_EQ(refusal({"data.sampler=weighted", "data.weights=" + path}),
            fmt::format("data.weights: {} has 47 numbers, and there are 48 training samples", path));
  weights([](int i) { return i == 2 ? "many" : "1"; }, 48);
  EXPECT_EQ(refusal({"data.sampler=weighted", "data.weights=" + path}),
            fmt::format("data.weights: {}: expected numbers, one a line, and number 3 is none", path));
  fs::remove(path);
  EXPECT_EQ(refusal({"data.sampler=weighted", "data.weights=" + path}),
            fmt::format("data.weights: {} does not exist; --set data.weights=… says where it is", path));
  const std::string long_name(300, 'w');
  EXPECT_EQ(refusal({"data.sampler=weighted", "data.weights=" + long_name}),
            fmt::format("data.weights: {} cannot be opened: File name too long", long_name));
  testing::expect_user_error([&] { recipe({"data.sampler=weighted"}); },
                             "data.sampler = \"weighted\" needs data.weights, a file");
  testing::expect_user_error([&] { recipe({"data.weights=x"}); },
                             "data.weights needs data.sampler = \"weighted\"");
  testing::expect_user_error(
      [&] {
        recipe({"data.sampler=class_balanced", "data.shuffle=false"});
      },
      "data.sampler draws samples at random, and data.shuffle is false");
}

}  // namespace
}  // namespace weft
