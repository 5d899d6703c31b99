// Rows that are not there change nothing: a batch with such rows trains as the batch of the others alone,
// with batch norm and accumulated gradients, and on every mesh alike.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <limits>

#include "tests/datasets/labelled_images.h"
#include "tests/recipe/needs_kinds.h"
#include "weft/base/philox.h"
#include "weft/train/evaluate.h"
#include "weft/train/session/load_recipe.h"
#include "weft/train/training_step.h"

namespace weft {
namespace {

namespace fs = std::filesystem;
using Keys = std::vector<std::string>;

constexpr int64_t kSide = 8;
constexpr int64_t kSteps = 6;
constexpr int64_t kIgnored = -100;

/// Images of which some have a NaN pixel, and some no label.
struct Images {
  std::vector<float> pixels;
  std::vector<int64_t> labels;

  void add(int64_t number, bool is_missing, bool is_labelled) {
    const RandomStream draws{7, 11, static_cast<uint64_t>(number)};
    const int64_t label = number % 3;
    for (int64_t i = 0; i < kSide * kSide * 3; ++i) {
      const auto noise = static_cast<float>(draws.below(static_cast<uint64_t>(i), 1000)) / 1000;
      pixels.push_back(noise + (i % 3 == label ? 0.8F : 0.0F));
    }
    // In one corner, so that only one of the ranks that share an image sees it.
    if (is_missing) pixels.end()[-1] = std::numeric_limits<float>::quiet_NaN();
    labels.push_back(is_labelled ? label : kIgnored);
  }
  void write(const fs::path& path) {
    testing::write_labelled_images(path, pixels, labels, std::ssize(labels), {kSide, kSide, 3});
  }
};

class Gaps : public ::testing::Test {
 protected:
  void SetUp() override {
    NEEDS_KINDS("resnet", "arrays", "classification", "cross_entropy", "sgd", "constant");
    int64_t id = getpid();
    world_.broadcast(&id, sizeof(id), 0);
    folder_ = fs::temp_directory_path() / fmt::format("weft-gaps-{}", id);
    if (world_.rank() == 0) {
      fs::create_directories(folder_);
      Images holes;   // of every six, the last two are missing
      Images others;  // the first four
      Images all;     // missing here and there, and without labels
      Images some;    // six and four in turn
      for (int64_t i = 0; i < 6 * kSteps; ++i) {
        holes.add(i, i % 6 >= 4, true);
        if (i % 6 < 4) others.add(i, false, true);
        all.add(i, i % 7 == 3, i % 5 != 2);
      }
      holes.write(folder_ / "holes.safetensors");
      others.write(folder_ / "others.safetensors");
      all.write(folder_ / "all.safetensors");
      for (int64_t i = 0; i < 10; ++i) some.add(i, false, true);
      some.write(folder_ / "ten.safetensors");
    }
    world_.barrier();
  }
  void TearDown() override {
    world_.barrier();
    if (world_.rank() == 0) fs::remove_all(folder_);
  }

  Recipe recipe(const std::string& file, int64_t batch, const Keys& keys) const {
    return parse_recipe(
        fmt::format(R"(
[run]
steps = {}
threads = 1
precision = "f64"
[model]
kind = "resnet"
depth = 8
width = 4
classes = 3
[data]
kind = "arrays"
path = "{}"
validation = "{}"
shuffle = false
batch = {}
[optimizer]
kind = "sgd"
learning_rate = 0.05
clip = 0.7
[parallel]
oversubscribe = true
)",
                    kSteps, (folder_ / file).string(), (folder_ / "ten.safetensors").string(), batch),
        "gaps.toml", keys);
  }

  struct Run {
    std::vector<double> losses;
    std::vector<double> norms;
    double validation = 0;  ///< with the running statistics of batch norm
  };
  static Run run(const Recipe& recipe, const Communicator& world) {
    Session session(recipe, world);
    TrainingStep step(session);
    Run result;
    for (int64_t number = 0; number < kSteps; ++number) {
      const StepOutcome made = step.run(number, 0.05);
      EXPECT_TRUE(made.updated()) << "step " << number;
      result.losses.push_back(made.loss);
      result.norms.push_back(made.gradient_norm);
    }
    result.validation = evaluate(session, 0).loss;
    return result;
  }
  static void expect_equal(const Run& got, const Run& expected) {
    for (size_t i = 0; i < expected.losses.size(); ++i) {
      EXPECT_NEAR(got.losses[i], expected.losses[i], 1e-9 * expected.losses[i]) << "step " << i + 1;
      EXPECT_NEAR(got.norms[i], expected.norms[i], 1e-9 * expected.norms[i]) << "step " << i + 1;
    }
    EXPECT_NEAR(got.validation, expected.validation, 1e-9 * expected.validation);
  }

  const Communicator world_ = Communicator::world();
  const Communicator alone_ = world_.split(world_.rank(), 0);
  fs::path folder_;
};

TEST_F(Gaps, ABatchWithMissingRowsTrainsAsTheOthersAlone) {
  for (const int64_t accumulate : {1, 2}) {
    SCOPED_TRACE(accumulate);
    const Keys keys{fmt::format("optimizer.accumulate={}", accumulate)};
    Keys skipping = keys;
    // With three microbatches of two rows the third has none.
    if (accumulate == 2) skipping = {"optimizer.accumulate=3"};
    skipping.emplace_back("data.missing=skip");
    const Run expected = run(recipe("others.safetensors", 4, keys), alone_);
    expect_equal(run(recipe("holes.safetensors", 6, skipping), alone_), expected);
    EXPECT_GT(expected.norms.front(), 0.1) << "nothing is changed, so nothing is compared";
  }
}

TEST_F(Gaps, APaddedBatchTrainsAsASmallerOne) {
  // Ten samples: six, and four in a batch of six.
  Session padded(recipe("ten.safetensors", 6, {"data.last_batch=pad"}), alone_);
  Session whole(recipe("ten.safetensors", 6, {}), alone_);
  Session four(recipe("others.safetensors", 4, {}), alone_);
  TrainingStep step(padded);
  const double first = step.run(0, 0.0).loss;
  EXPECT_NEAR(first, TrainingStep(whole).run(0, 0.0).loss, 1e-12);
  // The rate is 0: weights are those of the start. The last four of the ten are images 6 to 9, which "others"
  // has as its second batch.
  const StepOutcome last = step.run(1, 0.0);
  const StepOutcome expected = TrainingStep(four).run(1, 0.0);
  EXPECT_NEAR(last.loss, expected.loss, 1e-12);
  EXPECT_NEAR(last.gradient_norm, expected.gradient_norm, 1e-12);
  EXPECT_GT(std::abs(first - last.loss), 1e-6);
}

TEST_F(Gaps, OnAnyMeshTheyChangeNothing) {
  if (world_.size() == 1) GTEST_SKIP() << "one rank has nothing to be compared with";
  std::vector<Keys> meshes;
  switch (world_.size()) {
    case 2:
      meshes = {
          {"parallel.data=2"}, {"parallel.height=2"}, {"parallel.data=2", "parallel.shard_optimizer=true"}};
      break;
    case 3:
      meshes = {{"parallel.data=3"}, {"parallel.height=3"}};
      break;
    case 4:
      meshes = {{"parallel.data=2", "parallel.height=2"}, {"parallel.data=4"}};
      break;
    default:
      meshes = {{"parallel.data=2", "parallel.height=2", "parallel.width=2"}};
  }
  for (const Keys& mesh : meshes) {
    for (const int accumulate : {1, 3}) {
      SCOPED_TRACE(fmt::format("{} accumulate {}", fmt::join(mesh, " "), accumulate));
      Keys keys{"data.missing=skip", fmt::format("data.ignore_index={}", kIgnored),
                fmt::format("optimizer.accumulate={}", accumulate)};
      const Run expected = run(recipe("all.safetensors", 6, keys), alone_);
      keys.insert(keys.end(), mesh.begin(), mesh.end());
      expect_equal(run(recipe("all.safetensors", 6, keys), world_), expected);
    }
  }
}

}  // namespace
}  // namespace weft
