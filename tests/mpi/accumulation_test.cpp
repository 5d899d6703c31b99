// Gradients of several microbatches: ranks communicate them once a step, and learn what the large batch
// teaches.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/train/tiny_text.h"
#include "weft/data/text/token_file.h"
#include "weft/train/trainer.h"

namespace weft {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kMicrobatches = 3;

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

/// Communications that ran in a segment, by the name of their op.
std::map<std::string, int64_t> counted(const Executor& executor, SegmentId segment) {
  std::map<std::string, int64_t> counts;
  const std::vector<Instruction>& code = executor.program().segment(segment).instructions;
  for (size_t i = 0; i < code.size(); ++i) {
    if (code[i].kind != InstructionKind::comm_start) continue;
    counts[std::string(code[i].op->name())] += executor.ledger(segment)[i].calls;
  }
  return counts;
}

/// Bytes handed to MPI so far, over all groups.
int64_t handed(const Executor& executor) {
  int64_t sum = 0;
  for (const auto& [axes, bytes] : executor.network_bytes()) sum += bytes;
  return sum;
}

class Accumulation : public ::testing::Test {
 protected:
  Accumulation() : world_(Communicator::world()), alone_(world_.split(world_.rank(), 0)), text_(world_) {
    if (world_.rank() == 0) {
      std::vector<int32_t> tokens;
      for (int32_t i = 0; i < 4001; ++i) tokens.push_back(i * i / 7 % 61 + i % 5);
      write_token_file(folder_ / "text.tokens", tokens);
    }
    world_.barrier();
  }

  /// Windows are streamed, so that microbatches are the rows of the large batch.
  Recipe recipe(const std::vector<std::string>& overrides) const {
    return text_.recipe({"data.path=" + (folder_ / "text.tokens").string(), "data.windows=streamed",
                         "data.batch=12", "model.layers=2", "model.heads=4", "model.tied=true",
                         "run.precision=f64", "optimizer.learning_rate=3e-3", "optimizer.weight_decay=0.1",
                         "optimizer.clip=1.0", "log.evaluate_batches=1"},
                        overrides);
  }
  std::vector<double> train_on(const Communicator& ranks, const fs::path& out,
                               const std::vector<std::string>& overrides) const {
    Session session(recipe(overrides), ranks);
    train(session, {.out = out, .trace = {}});
    world_.barrier();
    return testing::losses_of(out);
  }

  Communicator world_;
  Communicator alone_;
  testing::TinyText text_;
  fs::path folder_ = text_.folder();
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
    Session session(recipe(accumulating(mesh)), world_);
    Executor& executor = session.executor();
    int64_t parameters = 0;
    for (const auto& [name, named] : executor.program().named)
      parameters += named.state_kind == kParameter ? 1 : 0;
    session.set_scalar("learning_rate", 1e-3);
    session.set_integer("update_step", 1);
    const SegmentId accumulate = executor.program().at("accumulate");
    const SegmentId update = executor.program().at("update");
    executor.refresh();
    const int64_t before = handed(executor);
    for (int64_t micro = 0; micro < kMicrobatches; ++micro) {
      session.set_integer("step", micro);
      session.feed(*session.data().train, micro);
      executor.run(accumulate);
    }
    const int64_t of_microbatches = handed(executor) - before;
    executor.run(update);
    const int64_t of_update = handed(executor) - before - of_microbatches;

    const bool tensor = session.recipe().parallel.tensor > 1;
    std::map<std::string, int64_t> during = counted(executor, accumulate);
    std::map<std::string, int64_t> after = counted(executor, update);
    // A microbatch says its loss; over tensor, what every layer says anyway.
    if (!tensor) {
      EXPECT_EQ(during, (std::map<std::string, int64_t>{{"all_reduce", kMicrobatches}}));
      EXPECT_EQ(of_microbatches, kMicrobatches * 8) << "the loss, in f64";
    }
    // Every parameter's gradient is summed once; only the sharded norm is one sum more.
    const int64_t sums = after["all_reduce"] + after["reduce_scatter"];
    const bool sharded = session.recipe().parallel.shard_optimizer;
    EXPECT_EQ(sums, parameters + (sharded || tensor ? 1 : 0));
    EXPECT_EQ(after["reduce_scatter"] > 0, sharded);
    EXPECT_GT(of_update, tensor ? 0 : of_microbatches);
    int64_t planned = 0;
    for (const auto& [axes, bytes] : planned_network_bytes(executor.program().segment(update)))
      planned += bytes;
    EXPECT_EQ(of_update, planned);
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
