// What must hold for every rule that is registered.
#include "weft/optimizers/optimizer.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tests/optimizers/steps_of.h"
#include "tests/parallel/lockstep.h"
#include "tests/parallel/random_graph.h"

namespace weft::testing {
namespace {

TEST(EveryOptimizer, MovesAParameterAgainstItsGradientAtFirst) {
  for (const auto& rule : Optimizer::kinds().list()) {
    SCOPED_TRACE(rule->name());
    const std::vector<double> before = golden_start(12);
    const std::vector<double> gradient = golden_gradient(12, 1);
    const std::vector<double> after = steps_of(*rule, {.weight_decay = 0, .steps = 1});
    for (size_t i = 0; i < before.size(); ++i) EXPECT_LT((after[i] - before[i]) * gradient[i], 0) << i;
  }
}

TEST(EveryOptimizer, ChangesNothingWhereTheFactorIsNotANumber) {
  for (const auto& rule : Optimizer::kinds().list()) {
    SCOPED_TRACE(rule->name());
    const double nan = std::numeric_limits<double>::quiet_NaN();
    EXPECT_EQ(steps_of(*rule, {.factor = nan, .steps = 2}), golden_start(12));
    const RuleGraph made = rule_graph(*rule, {3, 4}, 0.1);
    Interpreter run(made.graph);
    for (size_t v = 0; v < made.graph.values().size(); ++v) {
      const Value& value = made.graph.values()[v];
      if (value.kind != ValueKind::state) continue;
      run.set({static_cast<int32_t>(v)}, std::vector<double>(static_cast<size_t>(value.type.elems()), 0.5));
    }
    run.set(made.gradient, golden_gradient(12, 1));
    run.set(made.rate, {0.1});
    run.set(made.step, {3});
    run.set(made.factor, {nan});
    run.run();
    for (const StateUpdate& update : made.graph.updates()) {
      for (const double value : run.get(update.state)) {
        EXPECT_EQ(value, 0.5) << made.graph.value(update.state).name;
      }
    }
  }
}

/// Rows of an embedding whose tokens a batch does not have, with every epsilon that the rule takes.
TEST(EveryOptimizer, MakesNumbersOfGradientsThatAreZero) {
  for (const auto& rule : Optimizer::kinds().list()) {
    std::vector<Kind::Changed> rules{{rule, {}}};
    for (const KeyInfo& key : rule->keys()) {
      if (key.name.find("epsilon") == std::string::npos) continue;
      for (const double least : {1e-320, 1e-50, 1e-40, 1e-30, 1e-20}) {
        rules.push_back(rule->with(key.name, {least}));
        rules.push_back(rule->with(key.name, {RecipeValue::List{{least}, {least}}}));
      }
    }
    for (const Kind::Changed& changed : rules) {
      if (changed.kind == nullptr) continue;
      for (const double element :
           steps_in_f32(static_cast<const Optimizer&>(*changed.kind), {3, 2}, {1, -2, 0, 0, 0.5, 3})) {
        EXPECT_TRUE(std::isfinite(element)) << rule->name();
      }
    }
  }
}

TEST(EveryOptimizer, StepsOnAnyMeshAsOnOneRank) {
  const std::vector<Mesh> meshes{Mesh({{"a", 2}}), Mesh({{"a", 3}}), Mesh({{"a", 2}, {"b", 2}})};
  const Dims shape{5, 3, 4};
  for (const auto& rule : Optimizer::kinds().list()) {
    for (uint64_t seed = 1; seed <= 30; ++seed) {
      const Mesh& mesh = meshes[seed % meshes.size()];
      SCOPED_TRACE(fmt::format("{}, seed {}, mesh {}", rule->name(), seed, mesh.to_string()));
      const RuleGraph made = rule_graph(*rule, shape, 0.1);
      Interpreter alone(made.graph);
      const RandomSplits splits(mesh, seed);
      Lockstep ranks(made.graph, splits.strategy().assign(made.graph, mesh, Machine{}), mesh);
      for (size_t v = 0; v < made.graph.values().size(); ++v) {
        const Value& value = made.graph.values()[v];
        if (value.kind == ValueKind::result) continue;
        std::vector<double> start = random_values(seed, v, value.type.elems(), 0.1, 1);
        if (value.name == "update_step") start = {3};
        alone.set({static_cast<int32_t>(v)}, start);
        ranks.set(value.name, value.type, start);
      }
      std::map<std::string, std::vector<double>> wanted;
      alone.run();
      for (const GraphOutput& output : made.graph.outputs())
        wanted.emplace(output.name, alone.get(output.value));
      ranks.run();
      for (const auto& [name, values] : wanted) {
        const std::vector<double> got = ranks.output(mesh.ranks() - 1, name);
        for (size_t i = 0; i < values.size(); ++i) ASSERT_NEAR(got[i], values[i], 1e-12) << name << " " << i;
      }
    }
  }
}

}  // namespace
}  // namespace weft::testing
