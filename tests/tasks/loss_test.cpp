// What must hold for every loss that is registered.
#include "weft/tasks/loss.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tests/tasks/lost.h"
#include "weft/ops/gradient/gradients.h"

namespace weft::testing {
namespace {

/// Predictions and targets of a loss, some of which do not count.
struct Sample {
  MetricShape shape;
  std::vector<double> predictions, targets;
};

Sample sample_for(const Loss& loss, uint64_t seed) {
  const bool ids = loss.suits({"", 7, {}, {}});
  Sample made{{5, 7, ids}, random_values(seed, 0, 35, -2, 2), random_values(seed, 1, ids ? 5 : 35, -1, 6.99)};
  for (double& target : made.targets) {
    if (ids) target = std::floor(target);
    if (!ids && target < 0) target = std::numeric_limits<double>::quiet_NaN();
  }
  return made;
}

TEST(EveryLoss, HasTheGradientThatDifferencesGive) {
  for (const auto& loss : Loss::kinds().list()) {
    SCOPED_TRACE(loss->name());
    const Sample sample = sample_for(*loss, 3);
    GraphBuilder build;
    const auto [predictions, targets] = metric_inputs(build, sample.shape);
    const ValueId value = loss->of(build, predictions, targets, 4);
    const auto gradient = gradients(build, value, std::span(&predictions, 1));
    ASSERT_TRUE(gradient[0]);
    build.output("gradient", *gradient[0]);
    const Graph graph = std::move(build).build();
    Interpreter run(graph);
    run.set({0}, sample.predictions);
    run.set({1}, sample.targets);
    run.run();
    const std::vector<double> got = run.get(*gradient[0]);
    constexpr double kStep = 1e-5;  // rounding of the loss over it, and its square, are below 1e-9
    for (size_t i = 0; i < got.size(); ++i) {
      std::vector<double> moved = sample.predictions;
      moved[i] += kStep;
      const double above = lost(*loss, sample.shape, moved, sample.targets, 4);
      moved[i] -= 2 * kStep;
      const double below = lost(*loss, sample.shape, moved, sample.targets, 4);
      EXPECT_NEAR(got[i], (above - below) / (2 * kStep), 1e-8) << i;
    }
  }
}

TEST(EveryLoss, IsTheSameOnAnyMesh) {
  const std::vector<Mesh> meshes{Mesh({{"a", 2}}), Mesh({{"a", 3}}), Mesh({{"a", 2}, {"b", 2}})};
  for (const auto& loss : Loss::kinds().list()) {
    for (uint64_t seed = 1; seed <= 20; ++seed) {
      const Mesh& mesh = meshes[seed % meshes.size()];
      SCOPED_TRACE(fmt::format("{}, seed {}, mesh {}", loss->name(), seed, mesh.to_string()));
      const Sample sample = sample_for(*loss, seed);
      const Graph graph = loss_graph(*loss, sample.shape, 4);
      const RandomSplits splits(mesh, seed);
      Lockstep ranks(graph, splits.strategy().assign(graph, mesh, Machine{}), mesh);
      ranks.set("predictions", graph.value(ValueId{0}).type, sample.predictions);
      ranks.set("targets", graph.value(ValueId{1}).type, sample.targets);
      ranks.run();
      EXPECT_NEAR(ranks.output(mesh.ranks() - 1, "loss")[0],
                  lost(*loss, sample.shape, sample.predictions, sample.targets, 4), 1e-12);
    }
  }
}

TEST(EveryLoss, CountsNothingOfRowsWithoutASample) {
  for (const auto& loss : Loss::kinds().list()) {
    Sample sample = sample_for(*loss, 1);
    const double missing = sample.shape.ids ? -1 : std::numeric_limits<double>::quiet_NaN();
    sample.targets.assign(sample.targets.size(), missing);
    EXPECT_EQ(lost(*loss, sample.shape, sample.predictions, sample.targets, 1), 0) << loss->name();
  }
}

}  // namespace
}  // namespace weft::testing
