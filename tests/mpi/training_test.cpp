// Training on a mesh gives the curve of one rank: same batches, same dropout masks; and a checkpoint of one
// mesh goes on on another.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "tests/train/count_allocations.h"
#include "tests/train/tiny_text.h"
#include "weft/report/facts.h"
#include "weft/report/metrics_log.h"
#include "weft/run/step_order.h"
#include "weft/train/trainer.h"
#include "weft/train/training_step.h"

namespace weft {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> mesh_for(int ranks) {
  switch (ranks) {
    case 2:
      return {"parallel.tensor=2"};
    case 4:
      return {"parallel.data=2", "parallel.tensor=2", "parallel.shard_optimizer=true"};
    case 8:
      return {"parallel.data=4", "parallel.tensor=2", "parallel.shard_optimizer=true"};
    default:
      return {fmt::format("parallel.data={}", ranks), "parallel.shard_optimizer=true"};
  }
}

/// Two layers with all that a run may have.
const std::vector<std::string> kModel{"run.steps=50",
                                      "model.layers=2",
                                      "model.heads=4",
                                      "model.width=32",
                                      "model.dropout=0.1",
                                      "data.context=16",
                                      "data.batch=7",
                                      "optimizer.learning_rate=3e-3",
                                      "optimizer.weight_decay=0.1",
                                      "optimizer.clip=1.0"};

class Training : public ::testing::Test {
 protected:
  Training()
      : world_(Communicator::world()),
        alone_(world_.split(world_.rank(), 0)),
        text_(world_),
        folder_(text_.folder()) {}

  Recipe recipe(const std::vector<std::string>& overrides) const { return text_.recipe(kModel, overrides); }
  void train_on(const Communicator& ranks, const fs::path& out,
                const std::vector<std::string>& overrides) const {
    Session session(recipe(overrides), ranks);
    train(session, {.out = out, .trace = {}});
    world_.barrier();
  }

  Communicator world_;
  Communicator alone_;
  testing::TinyText text_;
  fs::path folder_;
};

TEST_F(Training, OnAnyMeshGivesTheCurveOfOneRank) {
  const fs::path mine = folder_ / fmt::format("alone-{}", world_.rank());
  train_on(alone_, mine, {});
  train_on(world_, folder_ / "mesh", mesh_for(world_.size()));
  const std::vector<double> expected = testing::losses_of(mine);
  const std::vector<double> got = testing::losses_of(folder_ / "mesh");
  ASSERT_EQ(got.size(), 50U);
  // The bar: f32 sums in another order, 50 steps on.
  for (size_t i = 0; i < got.size(); ++i)
    EXPECT_NEAR(got[i], expected[i], 1e-4 * expected[i]) << "step " << i + 1;
  EXPECT_LT(got.back(), 0.8 * got.front()) << "nothing was learnt, so nothing was compared";
}

TEST_F(Training, ADividedSequenceGivesTheCurveOfOneRank) {
  // 16 tokens: three parts are of unequal length.
  std::vector<std::string> mesh{fmt::format("parallel.sequence={}", world_.size())};
  if (world_.size() == 4) mesh = {"parallel.sequence=2", "parallel.tensor=2"};
  if (world_.size() == 8) mesh = {"parallel.data=2", "parallel.sequence=2", "parallel.tensor=2"};
  const fs::path mine = folder_ / fmt::format("alone-{}", world_.rank());
  train_on(alone_, mine, {"run.steps=20"});
  mesh.emplace_back("run.steps=20");
  train_on(world_, folder_ / "sequence", mesh);
  const std::vector<double> expected = testing::losses_of(mine);
  const std::vector<double> got = testing::losses_of(folder_ / "sequence");
  ASSERT_EQ(got.size(), 20U);
  // The bar: f32 sums in another order, 20 steps on.
  for (size_t i = 0; i < got.size(); ++i)
    EXPECT_NEAR(got[i], expected[i], 1e-4 * expected[i]) << "step " << i + 1;
}

TEST_F(Training, TellsOfEachGroupWhatWasPlannedBesideWhatMpiWasHanded) {
  std::vector<std::string> overrides = mesh_for(world_.size());
  overrides.emplace_back("run.steps=3");
  train_on(world_, folder_ / "bytes", overrides);
  const ReportInput report = read_report_input(folder_ / "bytes");
  std::map<std::string, ByteRow> rows;
  for (const ByteRow& row : report.bytes) rows[row.kind] = row;
  EXPECT_GE(rows.at("memory").counted, report.planned_bytes);
  std::set<std::string> groups;
  for (const auto& [kind, row] : rows) {
    if (!kind.starts_with("network over ")) continue;
    groups.insert(kind);
    EXPECT_GT(row.counted, 0) << kind;
    EXPECT_EQ(row.counted, row.predicted) << kind;
  }
  std::set<std::string> expected;
  if (world_.size() != 1 && world_.size() != 2) expected.insert("network over data");
  if (world_.size() % 2 == 0) expected.insert("network over tensor");
  for (const std::string& name : expected) EXPECT_TRUE(groups.contains(name)) << name;
  for (const MetricsRow& row : read_metrics(folder_ / "bytes" / "metrics.jsonl")) {
    int64_t sum = 0;
    std::map<std::string, int64_t> bytes(row.bytes.begin(), row.bytes.end());
    for (const auto& [name, value] : bytes) {
      if (name.starts_with("network over ")) sum += value;
    }
    EXPECT_EQ(bytes.at("network"), sum);
    EXPECT_EQ(sum > 0, world_.size() > 1);
    EXPECT_GT(bytes.at("resident"), report.planned_bytes) << "the arena is part of the process";
  }
}

TEST_F(Training, AStepAllocatesNothing) {
  if (!counts_allocations()) GTEST_SKIP() << "AddressSanitizer keeps operator new to itself";
  Session session(recipe(mesh_for(world_.size())), world_);
  const StepOrder order = step_order(session.executor().program());
  const auto step = [&](int64_t number) {
    session.set_scalar("learning_rate", 1e-3);
    session.set_integer("update_step", number + 1);
    session.set_integer("step", number);
    session.executor().refresh();
    session.feed(*session.data().train, number);
    return allocations_in([&] {
      for (const SegmentId id : order.each) session.executor().run(id);
      for (const SegmentId id : order.after) session.executor().run(id);
    });
  };
  step(0);
  step(1);
  EXPECT_EQ(step(2), 0);
}

TEST_F(Training, ReplanAndBackOnAMeshChangesNoBit) {
  Session session(recipe(mesh_for(world_.size())), world_);
  std::vector<std::string> other = mesh_for(world_.size());
  other.push_back("optimizer.accumulate=7");
  const auto steps = [&](int64_t first, int64_t last) {
    TrainingStep step(session);
    std::vector<double> losses;
    for (int64_t number = first; number < last; ++number) losses.push_back(step.run(number, 3e-3).loss);
    return losses;
  };
  steps(0, 3);
  const StateSnapshot snapshot = session.store().snapshot();
  const std::vector<double> expected = steps(3, 6);
  session.store().restore(snapshot);
  const Carrying there = session.replan(recipe(other));
  EXPECT_EQ(there.left_out.size(), 0U);
  EXPECT_GT(there.added.size(), 0U) << "gradients are added up in states";
  const Carrying back = session.replan(recipe(mesh_for(world_.size())));
  EXPECT_TRUE(std::is_permutation(back.left_out.begin(), back.left_out.end(), there.added.begin(),
                                  there.added.end()));
  EXPECT_EQ(steps(3, 6), expected);
}

TEST_F(Training, EvaluationOnAMeshMayBeAProgramOfItsOwn) {
  Session session(recipe(mesh_for(world_.size())), world_);
  PlanOptions options;
  options.rank = world_.rank();
  const Recipe& recipe = session.recipe();
  const auto own = session.attach(
      plan_graph(build_evaluation_graph(recipe, session.data().facts), recipe, std::move(options)).program);
  EXPECT_TRUE(own->new_states().empty());
  TrainingStep step(session);
  for (int64_t number = 0; number < 3; ++number) {
    step.run(number, 3e-3);
    EXPECT_EQ(evaluate(*own, session.feeder(), recipe, session.data(), 2)->loss, evaluate(session, 2).loss);
  }
}

TEST_F(Training, ACheckpointOfOneMeshGoesOnOnAnother) {
  const fs::path mine = folder_ / fmt::format("whole-{}", world_.rank());
  train_on(alone_, mine, {"run.steps=20"});
  std::vector<std::string> mesh = mesh_for(world_.size());
  mesh.push_back("run.steps=10");
  train_on(world_, folder_ / "moved", mesh);
  // Every rank goes on alone from the mesh's checkpoint, in a folder of its own.
  const fs::path moved = folder_ / fmt::format("moved-{}", world_.rank());
  fs::copy(folder_ / "moved", moved, fs::copy_options::recursive);
  world_.barrier();
  train_on(alone_, moved, {"run.steps=20", "checkpoint.resume=true"});
  const std::vector<double> expected = testing::losses_of(mine);
  const std::vector<double> got = testing::losses_of(moved);
  ASSERT_EQ(got.size(), expected.size());
  for (size_t i = 0; i < got.size(); ++i)
    EXPECT_NEAR(got[i], expected[i], 1e-4 * expected[i]) << "step " << i + 1;
}

}  // namespace
}  // namespace weft
