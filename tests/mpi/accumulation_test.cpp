// Gradients of several microbatches: ranks communicate them once a step, and learn what the large batch
// teaches.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "weft/data/token_file.h"
#include "weft/train/metrics_log.h"
#include "weft/train/trainer.h"

namespace weft {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kMicrobatches = 3;

Recipe recipe_for(const fs::path& text, const std::vector<std::string>& overrides) {
  const std::string toml = fmt::format(R"(
[run]
name = "tiny"
steps = 12
threads = 1
precision = "f64"
[model]
kind = "gpt"
layers = 2
heads = 4
width = 16
tied = true
[data]
kind = "text"
windows = "streamed"  # whose microbatches are the rows of the large batch
path = "{}"
context = 8
batch = 12
[optimizer]
kind = "adamw"
learning_rate = 3e-3
weight_decay = 0.1
clip = 1.0
[parallel]
oversubscribe = true
[log]
every = 1
evaluate_batches = 1
)",
                                       text.string());
  return parse_recipe(toml, "tiny.toml", overrides);
}

std::vector<std::vector<std::string>> meshes_for(int ranks) {
  const std::string sharded = "parallel.shard_optimizer=true";
  switch (ranks) {
    case 2:
      return {{"parallel.data=2"}, {"parallel.data=2", sharded}};
    case 4:
      return {{"parallel.data=4"},
              {"parallel.data=4", sharded},
              {"parallel.data=2", "parallel.tensor=2"},
              {"parallel.data=2", "parallel.tensor=2", sharded}};
    default:
      return {};
  }
}

std::vector<double> losses(const fs::path& run) {
  std::vector<double> values;
  for (const MetricsRow& row : read_metrics(run / "metrics.jsonl")) values.push_back(row.loss);
  return values;
}

/// Communications that ran in a phase, by the name of their op.
std::map<std::string, int64_t> counted(const Executor& executor, Phase phase) {
  std::map<std::string, int64_t> counts;
  if (!executor.has(phase)) return counts;
  const std::vector<Instruction>& code = executor.program().phases.at(phase).instructions;
  for (size_t i = 0; i < code.size(); ++i) {
    if (code[i].kind != InstructionKind::comm_start) continue;
    counts[std::string(code[i].op->name())] += executor.ledger(phase)[i].calls;
  }
  return counts;
}

class Accumulation : public ::testing::Test {
 protected:
  Accumulation() : world_(Communicator::world()), alone_(world_.split(world_.rank(), 0)) {
    int64_t id = getpid();
    world_.broadcast(&id, sizeof(id), 0);
    folder_ = fs::temp_directory_path() / fmt::format("weft-mpi-accumulation-{}", id);
    if (world_.rank() == 0) {
      fs::create_directories(folder_);
      std::vector<int32_t> tokens;
      for (int32_t i = 0; i < 4001; ++i) tokens.push_back(i * i / 7 % 61 + i % 5);
      write_token_file(folder_ / "text.tokens", tokens);
    }
    world_.barrier();
  }
  ~Accumulation() override {
    world_.barrier();
    if (world_.rank() == 0) fs::remove_all(folder_);
  }

  std::vector<double> train_on(const Communicator& ranks, const fs::path& out,
                               const std::vector<std::string>& overrides) const {
    Session session(recipe_for(folder_ / "text.tokens", overrides), ranks);
    train(session, {.out = out, .trace = {}});
    world_.barrier();
    return losses(out);
  }

  Communicator world_;
  Communicator alone_;
  fs::path folder_;
};

std::vector<std::string> accumulating(std::vector<std::string> mesh) {
  mesh.push_back(fmt::format("optimizer.accumulate={}", kMicrobatches));
  return mesh;
}

TEST_F(Accumulation, OfMicrobatchesLearnsWhatTheLargeBatchTeaches) {
  const std::vector<double> alone = train_on(alone_, folder_ / fmt::format("alone-{}", world_.rank()), {});
  int number = 0;
  for (const std::vector<std::string>& mesh : meshes_for(world_.size())) {
    SCOPED_TRACE(fmt::format("{}", fmt::join(mesh, " ")));
    const std::vector<double> got =
        train_on(world_, folder_ / fmt::format("mesh-{}", number++), accumulating(mesh));
    ASSERT_EQ(got.size(), alone.size());
    for (size_t i = 0; i < got.size(); ++i) {
      // f64: sums in another order, twelve steps on.
      EXPECT_NEAR(got[i], alone[i], 1e-10 * alone[i]) << "step " << i + 1;
    }
  }
}

TEST_F(Accumulation, CommunicatesGradientsOnceAStep) {
  for (const std::vector<std::string>& mesh : meshes_for(world_.size())) {
    SCOPED_TRACE(fmt::format("{}", fmt::join(mesh, " ")));
    Session session(recipe_for(folder_ / "text.tokens", accumulating(mesh)), world_);
    Executor& executor = session.executor();
    int64_t parameters = 0;
    for (const auto& [name, named] : executor.program().named) parameters += named.parameter ? 1 : 0;
    session.set_scalar("learning_rate", 1e-3);
    session.set_integer("update_step", 1);
    executor.run(Phase::refresh);
    const int64_t before = executor.network_bytes();
    for (int64_t micro = 0; micro < kMicrobatches; ++micro) {
      session.set_integer("step", micro);
      session.feed(*session.data().train, micro);
      executor.run(Phase::accumulate);
    }
    const int64_t of_microbatches = executor.network_bytes() - before;
    executor.run(Phase::update);
    const int64_t of_update = executor.network_bytes() - before - of_microbatches;

    const int64_t data = session.recipe().parallel.data;
    const bool tensor = session.recipe().parallel.tensor > 1;
    std::map<std::string, int64_t> during = counted(executor, Phase::accumulate);
    std::map<std::string, int64_t> after = counted(executor, Phase::update);
    // A microbatch says its loss; over tensor, what every layer says anyway.
    if (!tensor) {
      EXPECT_EQ(during, (std::map<std::string, int64_t>{{"all_reduce", kMicrobatches}}));
      EXPECT_EQ(of_microbatches, kMicrobatches * 2 * 8 * (data - 1) / data);
    }
    // Every parameter's gradient is summed once; only the sharded norm is one sum more.
    const int64_t sums = after["all_reduce"] + after["reduce_scatter"];
    const bool sharded = session.recipe().parallel.shard_optimizer;
    EXPECT_EQ(sums, parameters + (sharded || tensor ? 1 : 0));
    EXPECT_EQ(after["reduce_scatter"] > 0, sharded);
    EXPECT_GT(of_update, tensor ? 0 : of_microbatches);
    // Of all ranks: where parts are uneven, the plan gives each rank the mean.
    int64_t bytes[] = {of_update, 0};
    for (const Instruction& made : executor.program().phases.at(Phase::update).instructions) {
      bytes[1] += made.network_bytes;
    }
    world_.all_reduce(bytes, 2, Element::i64, Reduce::sum).wait();
    EXPECT_EQ(bytes[0], bytes[1]);
  }
}

TEST_F(Accumulation, GradientsAreZeroBetweenStepsSoThatACheckpointGoesOnOnAnyMesh) {
  if (world_.size() == 1) GTEST_SKIP() << "one rank has no other mesh";
  const std::vector<std::vector<std::string>> meshes = meshes_for(world_.size());
  if (meshes.empty()) GTEST_SKIP() << "covered on 2 and 4 ranks";
  const std::vector<double> expected =
      train_on(alone_, folder_ / fmt::format("whole-{}", world_.rank()), accumulating({}));
  std::vector<std::string> first = accumulating(meshes.back());
  first.emplace_back("run.steps=6");
  train_on(world_, folder_ / "moved", first);
  const auto go_on = [&](const Communicator& ranks, const fs::path& out, std::vector<std::string> mesh) {
    if (ranks.rank() == 0) fs::copy(folder_ / "moved", out, fs::copy_options::recursive);
    world_.barrier();
    mesh.emplace_back("checkpoint.resume=true");
    const std::vector<double> got = train_on(ranks, out, accumulating(std::move(mesh)));
    ASSERT_EQ(got.size(), expected.size());
    for (size_t i = 0; i < got.size(); ++i) EXPECT_NEAR(got[i], expected[i], 1e-10 * expected[i]);
  };
  go_on(alone_, folder_ / fmt::format("moved-{}", world_.rank()), {});
  go_on(world_, folder_ / "moved-back", meshes.front());
}

}  // namespace
}  // namespace weft
