// What must hold for every metric that is registered.
#include "weft/tasks/metric.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/tasks/measured.h"

namespace weft::testing {
namespace {

TEST(EveryMetric, HasTheSameSumsOnAnyMesh) {
  const std::vector<Mesh> meshes{Mesh({{"a", 2}}), Mesh({{"a", 3}}), Mesh({{"a", 2}, {"b", 2}})};
  for (const auto& metric : Metric::kinds().list()) {
    for (uint64_t seed = 1; seed <= 20; ++seed) {
      const bool ids = metric->suits({"", 7, {}, {}});
      const MetricShape shape{5, 7, ids};
      const Graph graph = metric_graph(*metric, shape);
      const Mesh& mesh = meshes[seed % meshes.size()];
      SCOPED_TRACE(fmt::format("{}, seed {}, mesh {}", metric->name(), seed, mesh.to_string()));
      const std::vector<double> predictions = random_values(seed, 0, 35, -2, 2);
      std::vector<double> targets = random_values(seed, 1, ids ? 5 : 35, -1, 7);
      if (ids) {
        for (double& target : targets) target = std::floor(target);
      }
      Interpreter alone(graph);
      alone.set({0}, predictions);
      alone.set({1}, targets);
      alone.run();
      const RandomSplits splits(mesh, seed);
      Lockstep ranks(graph, splits.strategy().assign(graph, mesh, Machine{}), mesh);
      ranks.set("predictions", graph.value(ValueId{0}).type, predictions);
      ranks.set("targets", graph.value(ValueId{1}).type, targets);
      ranks.run();
      for (const GraphOutput& output : graph.outputs()) {
        EXPECT_NEAR(ranks.output(mesh.ranks() - 1, output.name)[0], alone.get(output.value)[0], 1e-10)
            << output.name;
      }
    }
  }
}

TEST(EveryMetric, SuitsIdsOrNumbers) {
  for (const auto& metric : Metric::kinds().list()) {
    EXPECT_NE(metric->suits({"", 7, {}, {}}), metric->suits({"", 0, {3}, {"target"}})) << metric->name();
  }
}

TEST(EveryMetric, SaysWhichWayItGetsBetter) {
  // Seven classes, of which the right one is likeliest, or the least likely; numbers that are right, or not.
  const std::vector<double> right_ids{9, 0, 1, 2, 3, 4, 5};
  const std::vector<double> wrong_ids{-9, 0, 1, 2, 3, 4, 5};
  const std::vector<double> numbers{1, 2, 3, 4, 5, 6, 7};
  const std::vector<double> off{3, 4, 5, 6, 7, 8, 10};
  for (const auto& metric : Metric::kinds().list()) {
    const bool ids = metric->suits({"", 7, {}, {}});
    const MetricShape shape{1, 7, ids};
    const std::vector<double> targets = ids ? std::vector<double>{0} : numbers;
    const double right = measured(*metric, shape, {{ids ? right_ids : numbers, targets}});
    const double wrong = measured(*metric, shape, {{ids ? wrong_ids : off, targets}});
    switch (metric->better()) {
      case Better::more:
        EXPECT_GT(right, wrong) << metric->name();
        break;
      case Better::less:
        EXPECT_LT(right, wrong) << metric->name();
        break;
      case Better::nearer_zero:
        EXPECT_LT(std::abs(right), std::abs(wrong)) << metric->name();
        break;
    }
  }
}

}  // namespace
}  // namespace weft::testing
