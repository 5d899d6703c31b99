// Of graph/device.h, run/: the seam between plans and devices: training on the reference, whose kernels are
// the definitions in f64, follows the curve of the cpu, for every model.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>

#include "tests/recipe/needs_kinds.h"
#include "tests/train/tiny_text.h"
#include "weft/base/check.h"
#include "weft/report/metrics_log.h"
#include "weft/store/safetensors.h"
#include "weft/train/session/load_recipe.h"
#include "weft/train/trainer.h"

namespace weft {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kSamples = 24;

class Devices : public ::testing::Test {
 protected:
  Devices()
      : folder_(fs::temp_directory_path() /
                fmt::format("weft-devices-{}-{}", getpid(),
                            ::testing::UnitTest::GetInstance()->current_test_info()->name())) {
    fs::create_directories(folder_);
  }
  ~Devices() override { fs::remove_all(folder_); }

  /// Waves of a frequency of each sample's own, with what makes them as the target.
  fs::path samples(const Dims& sample, const TensorType& target) const {
    Dims shape = sample;
    shape.insert(shape.begin(), kSamples);
    std::vector<float> inputs(static_cast<size_t>(elems_of(shape)));
    const int64_t each = elems_of(sample);
    for (int64_t i = 0; i < elems_of(shape); ++i) {
      const double frequency = 0.2 + 0.1 * static_cast<double>(i / each % 3);
      inputs[static_cast<size_t>(i)] =
          static_cast<float>(std::sin(frequency * static_cast<double>(i % each)));
    }
    std::vector<std::byte> targets(static_cast<size_t>(target.bytes()));
    for (int64_t i = 0; i < target.elems(); ++i) {
      const int64_t kind = i / (target.elems() / kSamples) % 3;
      if (target.dtype == DType::i64) {
        reinterpret_cast<int64_t*>(targets.data())[i] = kind;
      } else {
        reinterpret_cast<float*>(targets.data())[i] = 0.2F + 0.3F * static_cast<float>(kind);
      }
    }
    const fs::path path = folder_ / "set.safetensors";
    write_safetensors(path, std::vector<NamedView>{
                                {"input", {reinterpret_cast<std::byte*>(inputs.data()), {DType::f32, shape}}},
                                {"target", {targets.data(), target}},
                            });
    return path;
  }

  static std::string common(const std::string& model, const std::string& data) {
    return fmt::format(R"(
[run]
steps = 20
threads = 2
[model]
{}
[data]
{}
batch = 6
[optimizer]
kind = "adamw"
learning_rate = 3e-3
epsilon = 1e-4  # what rounding leaves of a gradient of 0 must not become a whole step
clip = 1.0
[log]
every = 1
evaluate_batches = 1
)",
                       model, data);
  }

  std::vector<double> losses(const std::string& recipe, const std::string& device) const {
    const fs::path out = folder_ / device;
    const std::vector<std::string> chosen{fmt::format("run.device={}", device)};
    Session session(parse_recipe(recipe, "device.toml", chosen), Communicator::world());
    train(session, {.out = out, .trace = {}});
    return testing::losses_of(out);
  }

  void expect_one_curve(const std::string& recipe) const {
    const std::vector<double> cpu = losses(recipe, "cpu");
    const std::vector<double> reference = losses(recipe, "reference");
    ASSERT_EQ(cpu.size(), 20U);
    ASSERT_EQ(reference.size(), cpu.size());
    for (size_t i = 0; i < cpu.size(); ++i) {
      // f32 sums beside sums in f64, twenty steps on.
      EXPECT_NEAR(reference[i], cpu[i], 1e-4 * std::abs(cpu[i])) << "step " << i + 1;
    }
    EXPECT_NE(reference, cpu) << "the two ran the same kernels";
    EXPECT_LT(cpu.back(), cpu.front()) << "nothing was learnt";
  }

  fs::path folder_;
};

TEST_F(Devices, TrainAGptAlike) {
  NEEDS_KINDS("checkpoints", "metrics_log", "gpt", "text", "language_modelling", "cross_entropy", "adamw",
              "constant", "bytes");
  std::ofstream(folder_ / "text.txt") << [] {
    std::string text;
    for (int i = 0; i < 300; ++i) text += fmt::format("the quick brown fox jumps over the lazy dog {}\n", i);
    return text;
  }();
  expect_one_curve(
      common("kind = \"gpt\"\nlayers = 2\nheads = 2\nwidth = 32\ndropout = 0.1",
             fmt::format("kind = \"text\"\ncontext = 16\npath = \"{}\"", (folder_ / "text.txt").string())));
}

TEST_F(Devices, TrainAResnetAlike) {
  NEEDS_KINDS("checkpoints", "metrics_log", "resnet", "arrays", "classification", "cross_entropy", "adamw",
              "constant");
  const fs::path path = samples({8, 8, 3}, {DType::i64, {kSamples}});
  expect_one_curve(common("kind = \"resnet\"\ndepth = 8\nwidth = 4",
                          fmt::format("kind = \"arrays\"\ninput = \"input\"\ntarget = \"target\"\n"
                                      "validation = 0.25\npath = \"{}\"",
                                      path.string())));
}

TEST_F(Devices, TrainACosmoflowAlike) {
  NEEDS_KINDS("checkpoints", "metrics_log", "cosmoflow", "arrays", "regression", "mse", "adamw", "constant");
  const fs::path path = samples({8, 8, 8, 2}, {DType::f32, {kSamples, 2}});
  expect_one_curve(common("kind = \"cosmoflow\"\nstages = 2\nwidth = 4",
                          fmt::format("kind = \"arrays\"\ninput = \"input\"\ntarget = \"target\"\n"
                                      "validation = 0.25\npath = \"{}\"",
                                      path.string())));
}

/// States are downloaded into checkpoints, and uploaded from them, whichever device wrote them.
TEST_F(Devices, GoOnFromACheckpointOfTheOther) {
  NEEDS_KINDS("checkpoints", "metrics_log", "resnet", "arrays", "classification", "cross_entropy", "adamw",
              "constant");
  const fs::path path = samples({8, 8, 3}, {DType::i64, {kSamples}});
  const std::string recipe = common("kind = \"resnet\"\ndepth = 8\nwidth = 4",
                                    fmt::format("kind = \"arrays\"\ninput = \"input\"\ntarget = \"target\"\n"
                                                "validation = 0.25\npath = \"{}\"",
                                                path.string()));
  const std::vector<double> whole = losses(recipe, "cpu");
  for (const std::string first : {"cpu", "reference"}) {
    const fs::path out = folder_ / ("from-" + first);
    for (const std::string& device : {first, std::string(first == "cpu" ? "reference" : "cpu")}) {
      // A schedule over the same twenty steps, cut after ten.
      const std::vector<std::string> chosen{
          fmt::format("run.device={}", device), fmt::format("run.steps={}", device == first ? 10 : 20),
          "checkpoint.every=10", fmt::format("checkpoint.resume={}", device != first)};
      Session session(parse_recipe(recipe, "device.toml", chosen), Communicator::world());
      train(session, {.out = out, .trace = {}});
    }
    const std::vector<MetricsRow> rows = read_metrics(out / "metrics.jsonl");
    ASSERT_EQ(rows.size(), 20U);
    for (size_t i = 0; i < rows.size(); ++i) {
      EXPECT_NEAR(rows[i].loss, whole[i], 1e-4 * std::abs(whole[i])) << "step " << i + 1 << " from " << first;
    }
  }
}

TEST_F(Devices, AreNamedWhereThereIsNoSuchOne) {
  NEEDS_KINDS("resnet", "arrays", "classification", "cross_entropy", "adamw", "constant");
  const fs::path path = samples({8, 8, 3}, {DType::i64, {kSamples}});
  const std::string recipe = common("kind = \"resnet\"\ndepth = 8\nwidth = 4",
                                    fmt::format("kind = \"arrays\"\ninput = \"input\"\ntarget = \"target\"\n"
                                                "validation = 0.25\npath = \"{}\"",
                                                path.string()));
  try {
    losses(recipe, "gpu");
    ADD_FAILURE() << "no error";
  } catch (const UserError& error) {
    EXPECT_STREQ(error.what(),
                 "run.device: there is no device \"gpu\", expected one of cpu, cuda, reference");
  }
}

}  // namespace
}  // namespace weft
