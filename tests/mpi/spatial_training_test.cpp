// A ResNet whose images are split over ranks has the curve of one rank, and is evaluated alike.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <turbojpeg.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>

#include "weft/report/metrics_log.h"
#include "weft/train/evaluate.h"
#include "weft/train/session/load_recipe.h"
#include "weft/train/trainer.h"

namespace weft {
namespace {

namespace fs = std::filesystem;

constexpr int kSide = 32;
constexpr int kClasses = 4;

/// A picture that its class can be seen from: waves of a direction and a colour of the class, shifted by
/// `shade`.
void write_picture(const fs::path& path, int label, int shade) {
  std::vector<unsigned char> pixels;
  for (int y = 0; y < kSide; ++y) {
    for (int x = 0; x < kSide; ++x) {
      const double wave = std::sin(0.4 * (label % 2 == 0 ? x : y) + 0.7 * shade);
      for (int c = 0; c < 3; ++c) {
        const double tint = c == label / 2 ? 1.0 : 0.4;
        pixels.push_back(static_cast<unsigned char>(127 + 100 * wave * tint + shade % 11));
      }
    }
  }
  tjhandle handle = tjInitCompress();
  unsigned char* bytes = nullptr;
  unsigned long size = 0;
  tjCompress2(handle, pixels.data(), kSide, 0, kSide, TJPF_RGB, &bytes, &size, TJSAMP_444, 90, 0);
  fs::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<char*>(bytes), static_cast<std::streamsize>(size));
  tjFree(bytes);
  tjDestroy(handle);
}

Recipe recipe_for(const fs::path& images, const std::vector<std::string>& overrides) {
  // The first 50 steps of recipes/resnet20-cifar10.toml, smaller. At that recipe's full learning rate a
  // ResNet's first steps would double a difference of rounding every few steps.
  const std::string toml = fmt::format(R"(
[run]
name = "pictures"
steps = 50
threads = 1
[model]
kind = "resnet"
depth = 8
width = 8
[data]
kind = "images"
path = "{}"
batch = 6
augment = true
[optimizer]
kind = "sgd"
learning_rate = 0.025
warmup = 50
momentum = 0.9
weight_decay = 1e-4
[parallel]
oversubscribe = true
[log]
every = 1
evaluate_batches = 1
)",
                                       images.string());
  return parse_recipe(toml, "pictures.toml", overrides);
}

/// Splits for this many ranks; each is tried. A batch of one image learns at a sixth of the rate of a batch
/// of six.
std::vector<std::vector<std::string>> meshes_for(int ranks) {
  switch (ranks) {
    case 2:
      return {
          {"parallel.height=2"},
          {"parallel.height=2", "run.precision=f64"},
          {"parallel.data=2", "data.mixup=0.4", "run.precision=f64"},  // a rank has three rows: pairs are cut
          {"parallel.height=2", "data.mixup=0.4", "run.precision=f64"},
          {"parallel.width=2"},
          {"parallel.height=2", "data.batch=1", "optimizer.learning_rate=0.004"}};
    case 3:
      return {{"parallel.height=3"}};  // 32, 16 and 8 rows are not multiples of 3
    case 4:
      return {{"parallel.height=2", "parallel.width=2"},
              {"parallel.height=2", "parallel.width=2", "data.batch=1", "optimizer.learning_rate=0.004"},
              {"parallel.data=2", "parallel.height=2", "parallel.shard_optimizer=true"}};
    case 8:
      return {{"parallel.data=2", "parallel.height=2", "parallel.width=2"}};
    default:
      return {};
  }
}

std::vector<double> losses(const fs::path& run) {
  std::vector<double> values;
  for (const MetricsRow& row : read_metrics(run / "metrics.jsonl")) values.push_back(row.loss);
  return values;
}

/// 40 pictures to learn from and 8 to evaluate, in a folder that all ranks see while this lives.
class Pictures {
 public:
  explicit Pictures(const Communicator& world) : world_(world) {
    int64_t id = getpid();
    world.broadcast(&id, sizeof(id), 0);
    folder_ = fs::temp_directory_path() / fmt::format("weft-mpi-pictures-{}", id);
    for (int i = 0; i < 48 && world.rank() == 0; ++i) {
      const char* split = i < 40 ? "train" : "test";
      write_picture(folder_ / split / std::to_string(i % kClasses) / fmt::format("{:02}.jpg", i),
                    i % kClasses, i);
    }
    world.barrier();
  }
  Pictures(const Pictures&) = delete;
  Pictures& operator=(const Pictures&) = delete;
  ~Pictures() {
    world_.barrier();
    if (world_.rank() == 0) fs::remove_all(folder_);
  }

  const fs::path& folder() const { return folder_; }

 private:
  const Communicator& world_;
  fs::path folder_;
};

TEST(SpatialTraining, OnSplitImagesGivesTheCurveOfOneRank) {
  const Communicator world = Communicator::world();
  if (world.size() == 1) GTEST_SKIP() << "one rank has nothing to be compared with";
  const Communicator alone = world.split(world.rank(), 0);
  const Pictures pictures(world);
  const fs::path& folder = pictures.folder();
  const auto run = [&](const Communicator& ranks, const fs::path& out,
                       const std::vector<std::string>& overrides) {
    Session session(recipe_for(folder, overrides), ranks);
    train(session, {.out = out, .trace = {}});
    world.barrier();
    return losses(out);
  };
  int number = 0;
  std::vector<std::vector<std::string>> meshes = meshes_for(world.size());
#ifdef WEFT_SANITIZED
  // Convolutions in f64 are plain loops, and 50 steps of them take minutes when each access is checked.
  std::erase_if(meshes, [](const auto& mesh) { return mesh.back() == "run.precision=f64"; });
#endif
  for (const std::vector<std::string>& mesh : meshes) {
    SCOPED_TRACE(fmt::format("{}", fmt::join(mesh, " ")));
    std::vector<std::string> single;
    for (const std::string& key : mesh) {
      if (!key.starts_with("parallel.")) single.push_back(key);
    }
    // f32: rounding in another order. f64: room for sums in another order, and for nothing else.
    const double tolerance = mesh.back() == "run.precision=f64" ? 1e-10 : 1e-3;
    const std::vector<double> expected =
        run(alone, folder / fmt::format("alone-{}-{}", world.rank(), number), single);
    const std::vector<double> got = run(world, folder / fmt::format("mesh-{}", number++), mesh);
    ASSERT_EQ(got.size(), 50U);
    ASSERT_EQ(expected.size(), got.size());
    for (size_t i = 0; i < got.size(); ++i) {
      EXPECT_NEAR(got[i], expected[i], tolerance * expected[i]) << "step " << i + 1;
    }
    if (!single.empty()) continue;  // the loss of one image says little about the others
    EXPECT_LT(got.back(), 0.8 * got.front()) << "nothing was learnt, so nothing was compared";
  }
}

/// A batch of six leaves two rows of the second batch of eight pictures; some ranks then have none.
TEST(Evaluation, OfSplitRowsImagesOrClassesCountsWhatOneRankCounts) {
  const Communicator world = Communicator::world();
  if (world.size() == 1) GTEST_SKIP() << "one rank has nothing to be compared with";
  const Communicator alone = world.split(world.rank(), 0);
  const Pictures pictures(world);
  const auto evaluated = [&](const Communicator& ranks, std::vector<std::string> overrides) {
    overrides.emplace_back("run.precision=f64");
    Session session(recipe_for(pictures.folder(), overrides), ranks);
    return evaluate(session, 0);
  };
  const Evaluation expected = evaluated(alone, {});
  EXPECT_EQ(expected.targets, 8);
  EXPECT_GT(*expected.metric("accuracy"), 0);
  EXPECT_LT(*expected.metric("accuracy"), 1);
  for (const char* axis : {"data", "height", "tensor"}) {
    if (axis == std::string("tensor") && world.size() > kClasses) continue;
    SCOPED_TRACE(axis);
    const Evaluation got = evaluated(world, {fmt::format("parallel.{}={}", axis, world.size())});
    EXPECT_EQ(got.targets, expected.targets);
    EXPECT_EQ(got.metric("accuracy"), expected.metric("accuracy"));
    EXPECT_NEAR(got.loss, expected.loss, 1e-12 * expected.loss);
  }
}

}  // namespace
}  // namespace weft
