// The property that the partition stands on: any assignment of any graph computes on a mesh what one rank
// computes, up to the order of sums.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/ops/interpreter.h"
#include "tests/parallel/random_graph.h"
#include "weft/plan/pipeline.h"
#include "weft/run/executor.h"

namespace weft::testing {
namespace {

constexpr uint64_t kSeeds = 60;

/// Inputs and parameters as functions of their global positions; zero for what runs up.
void fill_named(const Executor& executor) {
  for (const auto& [name, named] : executor.program().named) {
    const View view = executor.view(name);
    if (view.type.dtype == DType::i64) {
      *view.as<int64_t>() = 3;
      continue;
    }
    const Dims local = strides_of(named.where.region.shape());
    const Dims global = strides_of(named.where.global_type.shape);
    const RandomStream stream{std::hash<std::string>{}(name), 9, 5};
    for (int64_t i = 0; i < view.elems(); ++i) {
      int64_t rest = i;
      int64_t at = 0;
      for (size_t d = 0; d < local.size(); ++d) {
        at += (rest / local[d] + named.where.region.ranges[d].begin) * global[d];
        rest %= local[d];
      }
      view.as<double>()[i] = name == "running" ? 0 : 2 * stream.uniform(static_cast<uint64_t>(at)) - 1;
    }
  }
}

/// The outputs of two steps, so that the states of the first are read by the second. Collective over `ranks`.
std::map<std::string, std::vector<double>> outputs_of(const Graph& graph, const Mesh& mesh,
                                                      const Strategy* strategy,
                                                      const Communicator& ranks) {
  PlanOptions options;
  options.mesh = mesh;
  options.rank = ranks.rank();
  options.strategy = strategy;
  StateStore store;
  Executor executor(make_plan(graph, device_named("cpu"), options).program, store, ranks);
  const SegmentId segment = executor.program().at("accumulate");
  fill_named(executor);
  std::map<std::string, std::vector<double>> results;
  for (int step = 1; step <= 2; ++step) {
    executor.run(segment);
    for (const GraphOutput& output : graph.outputs()) {
      const View view = executor.output(segment, output.name);
      results[fmt::format("{} of step {}", output.name, step)] = {view.as<double>(),
                                                                  view.as<double>() + view.elems()};
    }
  }
  return results;
}

void expect_equal(const std::map<std::string, std::vector<double>>& whole,
                  const std::map<std::string, std::vector<double>>& parts) {
  ASSERT_EQ(whole.size(), parts.size());
  for (const auto& [name, expected] : whole) {
    const std::vector<double>& got = parts.at(name);
    ASSERT_EQ(got.size(), expected.size()) << name;
    double largest = 1;
    for (const double value : expected) largest = std::max(largest, std::abs(value));
    for (size_t i = 0; i < got.size(); ++i) {
      // Sums in another order, each term as large as the largest result.
      ASSERT_NEAR(got[i], expected[i], 1e-10 * largest) << name << " element " << i;
    }
  }
}

std::vector<Mesh> meshes_for(int ranks) {
  switch (ranks) {
    case 4:
      return {Mesh({{"a", 2}, {"b", 2}}), Mesh({{"a", 4}})};
    case 8:
      return {Mesh({{"a", 2}, {"b", 3}}), Mesh({{"a", 2}, {"b", 2}, {"c", 2}})};
    default:
      return {Mesh({{"a", ranks}})};
  }
}

TEST(AnyAssignment, GivesWhatOneRankGives) {
  const Communicator world = Communicator::world();
  if (world.size() == 1) GTEST_SKIP() << "one rank has nothing to be compared with";
  const Communicator alone = world.split(world.rank(), 0);
  for (const Mesh& mesh : meshes_for(world.size())) {
    // Ranks that a mesh has no use for wait at the next split.
    const Communicator ranks = world.split(world.rank() < mesh.ranks() ? 0 : 1, world.rank());
    if (world.rank() >= mesh.ranks()) continue;
    for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
      SCOPED_TRACE(fmt::format("seed {} mesh {}", seed, mesh.to_string()));
      const Graph graph = RandomGraph(seed).build();
      const RandomSplits splits(mesh, seed);
      const ByHand strategy = splits.strategy();
      const auto whole = outputs_of(graph, Mesh(), nullptr, alone);
      const auto parts = outputs_of(graph, mesh, &strategy, ranks);
      expect_equal(whole, parts);
    }
  }
  world.barrier();
}

}  // namespace
}  // namespace weft::testing
