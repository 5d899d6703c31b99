// Of parallel/, ops/, kernels/: three laws on 500 random graphs of pointwise ops, reductions, contractions
// and windows, forward and backward: the cpu gives what the reference gives, gradients are differences, and
// any mesh gives what one rank gives.
#include <gtest/gtest.h>

#include <cmath>

#include "tests/parallel/lockstep.h"
#include "tests/parallel/random_graph.h"

namespace weft::testing {
namespace {

constexpr uint64_t kSeeds = 500;

/// Values of every input and state by name; what runs up starts at zero.
std::map<std::string, std::vector<double>> starts_of(const Graph& graph, uint64_t seed) {
  std::map<std::string, std::vector<double>> starts;
  for (const Value& value : graph.values()) {
    if (value.kind == ValueKind::result) continue;
    std::vector<double> values = random_values(seed, starts.size(), value.type.elems(), -1, 1);
    if (value.name == "running") values.assign(values.size(), 0);
    if (value.type.dtype == DType::i64) values.assign(values.size(), 3);
    starts.emplace(value.name, std::move(values));
  }
  return starts;
}

class GraphRun {
 public:
  GraphRun(const Graph& graph, std::string_view device) : graph_(graph), run_(graph, device_named(device)) {}

  void from(const std::map<std::string, std::vector<double>>& starts) {
    for (size_t v = 0; v < graph_.values().size(); ++v) {
      if (graph_.values()[v].kind == ValueKind::result) continue;
      run_.set({static_cast<int32_t>(v)}, starts.at(graph_.values()[v].name));
    }
    run_.run();
  }

  /// States take their next values of a microbatch, all at once, and it runs again.
  void again() {
    const std::vector<StateUpdate> updates = updates_of_microbatch(graph_);
    std::vector<std::vector<double>> next;
    for (const StateUpdate& update : updates) next.push_back(run_.get(update.next));
    for (size_t u = 0; u < next.size(); ++u) run_.set(updates[u].state, next[u]);
    run_.run();
  }

  std::map<std::string, std::vector<double>> outputs() {
    std::map<std::string, std::vector<double>> results;
    for (const GraphOutput& output : graph_.outputs()) results.emplace(output.name, run_.get(output.value));
    return results;
  }

 private:
  const Graph& graph_;
  Interpreter run_;
};

void expect_near(const std::vector<double>& got, const std::vector<double>& wanted, double tolerance,
                 const std::string& name) {
  ASSERT_EQ(got.size(), wanted.size()) << name;
  double largest = 1;
  for (const double value : wanted) largest = std::max(largest, std::abs(value));
  for (size_t i = 0; i < got.size(); ++i) {
    ASSERT_NEAR(got[i], wanted[i], tolerance * largest) << name << " element " << i;
  }
}

TEST(RandomGraphs, GiveOnTheCpuWhatTheReferenceGives) {
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const Graph graph = RandomGraph(seed, DType::f32).build();
    SCOPED_TRACE(fmt::format("seed {}", seed));
    GraphRun cpu(graph, "cpu");
    GraphRun reference(graph, "reference");
    const auto starts = starts_of(graph, seed);
    cpu.from(starts);
    reference.from(starts);
    const auto wanted = reference.outputs();
    // f32 on both, rounded after each of some tens of nodes, whose sums are f32 on one and f64 on the other.
    for (const auto& [name, got] : cpu.outputs()) expect_near(got, wanted.at(name), 1e-4, name);
    ASSERT_FALSE(HasFailure()) << to_text(graph);
  }
}

TEST(RandomGraphs, HaveTheGradientsThatDifferencesGive) {
  constexpr double kStep = 1e-5;
  int64_t checked = 0;
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const Graph graph = RandomGraph(seed).build();
    SCOPED_TRACE(fmt::format("seed {}", seed));
    GraphRun run(graph, "cpu");
    const auto starts = starts_of(graph, seed);
    run.from(starts);
    const auto outputs = run.outputs();
    // Target t is the parameter "wt"; the last is the input x0.
    for (const auto& [name, gradient] : outputs) {
      if (!name.starts_with("gradient")) continue;
      const std::string parameter = "w" + name.substr(std::string("gradient").size());
      const std::string target = starts.contains(parameter) ? parameter : "x0";
      const std::vector<double> direction =
          random_values(seed, 1000 + static_cast<uint64_t>(checked), std::ssize(gradient), -1, 1);
      const auto loss_at = [&](double step) {
        auto moved = starts;
        for (size_t i = 0; i < direction.size(); ++i) moved.at(target)[i] += step * direction[i];
        run.from(moved);
        return run.outputs().at("loss")[0];
      };
      const double difference = (loss_at(kStep) - loss_at(-kStep)) / (2 * kStep);
      double expected = 0;
      double size = std::abs(outputs.at("loss")[0]);
      for (size_t i = 0; i < direction.size(); ++i) {
        expected += direction[i] * gradient[i];
        size += std::abs(direction[i] * gradient[i]);
      }
      // Central differences: rounding of the loss over the step, and the step squared.
      ASSERT_NEAR(expected, difference, 1e-6 * (1 + size)) << name << "\n" << to_text(graph);
      ++checked;
    }
  }
  EXPECT_GT(checked, static_cast<int64_t>(kSeeds));
}

TEST(RandomGraphs, GiveOnAnyMeshWhatOneRankGives) {
  const std::vector<Mesh> meshes{Mesh({{"a", 2}}), Mesh({{"a", 3}}), Mesh({{"a", 2}, {"b", 2}}),
                                 Mesh({{"a", 2}, {"b", 3}}), Mesh({{"a", 2}, {"b", 2}, {"c", 2}})};
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const Mesh& mesh = meshes[seed % meshes.size()];
    const Graph graph = RandomGraph(seed).build();
    SCOPED_TRACE(fmt::format("seed {} mesh {}", seed, mesh.to_string()));
    const auto starts = starts_of(graph, seed);
    GraphRun alone(graph, "cpu");
    alone.from(starts);
    alone.again();
    const RandomSplits splits(mesh, seed);
    Lockstep ranks(graph, splits.strategy().assign(graph, mesh, Machine{}), mesh);
    for (const Value& value : graph.values()) {
      if (value.kind != ValueKind::result) ranks.set(value.name, value.type, starts.at(value.name));
    }
    ranks.run();
    ranks.update();
    ranks.run();
    for (const auto& [name, wanted] : alone.outputs()) {
      for (const int rank : {0, mesh.ranks() - 1}) expect_near(ranks.output(rank, name), wanted, 1e-10, name);
    }
    ASSERT_FALSE(HasFailure()) << to_text(graph);
  }
}

}  // namespace
}  // namespace weft::testing
