// A network on volumes that ranks split in space has the curve of one rank, and each rank reads its own part
// of each volume, once.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "weft/data/synthetic/volumes.h"
#include "weft/report/metrics_log.h"
#include "weft/train/session/load_recipe.h"
#include "weft/train/trainer.h"

namespace weft {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kVolumes = 10;  // 8 to train on
constexpr int64_t kEpochs = 5;
const Dims kShape{12, 8, 8, 2};

Recipe recipe_for(const fs::path& volumes, const std::vector<std::string>& overrides) {
  const std::string toml = fmt::format(R"(
[run]
name = "volumes"
epochs = {}
threads = 1
precision = "f64"
[model]
kind = "cosmoflow"
stages = 2
width = 4
[data]
kind = "arrays"
path = "{}"
log = true
mean = [2.0]
validation = 0.2
batch = 2
last_batch = "pad"
[optimizer]
kind = "adamw"
learning_rate = 2e-3
[parallel]
oversubscribe = true
[log]
every = 1
)",
                                       kEpochs, volumes.string());
  return parse_recipe(toml, "volumes.toml", overrides);
}

using Keys = std::vector<std::string>;

std::vector<Keys> meshes_for(int ranks) {
  const std::string mirror = R"(data.mirror=["depth", "height", "width"])";
  switch (ranks) {
    case 2:
      return {{"parallel.depth=2", mirror}, {"parallel.width=2"}, {"parallel.height=2", mirror}};
    case 3:
      return {{"parallel.depth=3", mirror}, {"parallel.height=3"}};  // 8 rows are no multiple of 3
    case 4:
      return {{"parallel.depth=2", "parallel.height=2", mirror},
              {"parallel.data=2", "parallel.depth=2", mirror}};
    case 8:
      return {{"parallel.data=2", "parallel.depth=2", "parallel.width=2"}};
    default:
      return {};
  }
}

struct Curve {
  std::vector<double> losses;
  double validation = 0;
  int64_t source_bytes = 0;  ///< of all ranks
};

Curve run(const fs::path& volumes, const Communicator& ranks, const fs::path& out, const Keys& keys) {
  Session session(recipe_for(volumes, keys), ranks);
  const TrainResult result = train(session, {.out = out, .trace = {}});
  Curve curve;
  curve.validation = result.validation->loss;
  const LoadStats stats = *session.data().train->stats();
  curve.source_bytes = stats.from[static_cast<size_t>(Origin::source)].bytes + stats.read_for_peers.bytes;
  ranks.all_reduce(&curve.source_bytes, 1, Element::i64, Reduce::sum).wait();
  for (const MetricsRow& row : read_metrics(out / "metrics.jsonl")) curve.losses.push_back(row.loss);
  return curve;
}

TEST(VolumeTraining, OnSplitVolumesGivesTheCurveOfOneRankAndReadsEachPartOnce) {
  const Communicator world = Communicator::world();
  if (world.size() == 1) GTEST_SKIP() << "one rank has nothing to be compared with";
  const Communicator alone = world.split(world.rank(), 0);
  int64_t id = getpid();
  world.broadcast(&id, sizeof(id), 0);
  const fs::path folder = fs::temp_directory_path() / fmt::format("weft-mpi-volumes-{}", id);
  const fs::path volumes = folder / "volumes.h5";
  if (world.rank() == 0) {
    fs::create_directories(folder);
    make_volumes({.path = volumes, .count = kVolumes, .shape = kShape, .seed = 5});
  }
  world.barrier();
  int number = 0;
  for (const Keys& keys : meshes_for(world.size())) {
    SCOPED_TRACE(fmt::format("{}", fmt::join(keys, " ")));
    Keys single;
    for (const std::string& key : keys) {
      if (!key.starts_with("parallel.")) single.push_back(key);
    }
    const Curve expected =
        run(volumes, alone, folder / fmt::format("alone-{}-{}", world.rank(), number), single);
    const Curve got = run(volumes, world, folder / fmt::format("mesh-{}", number++), keys);
    ASSERT_EQ(got.losses.size(), static_cast<size_t>(kEpochs * 4));
    ASSERT_EQ(expected.losses.size(), got.losses.size());
    for (size_t i = 0; i < got.losses.size(); ++i) {
      EXPECT_NEAR(got.losses[i], expected.losses[i], 1e-10 * expected.losses[i]) << "step " << i + 1;
    }
    EXPECT_NEAR(got.validation, expected.validation, 1e-10 * expected.validation);
    EXPECT_LT(got.losses.back(), 0.9 * got.losses.front()) << "nothing was learnt, so nothing was compared";
    // i16 volumes, and four f32 parameters that each of those that split a volume reads.
    const Recipe recipe = recipe_for(volumes, keys);
    const int64_t members = world.size() / recipe.parallel.data;
    EXPECT_EQ(got.source_bytes, 8 * (elems_of(kShape) * 2 + members * 16));
  }
  world.barrier();
  if (world.rank() == 0) fs::remove_all(folder);
}

}  // namespace
}  // namespace weft
