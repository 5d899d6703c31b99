#include "weft/tasks/training_graph.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "tests/recipe/needs_kinds.h"
#include "tests/train/collective_cases.h"
#include "weft/parallel/optimizer_nodes.h"

namespace weft {
namespace {

/// The number of nodes of these ops.
int64_t count(const Graph& graph, const std::set<std::string>& ops) {
  return std::count_if(graph.nodes().begin(), graph.nodes().end(),
                       [&](const Node& node) { return ops.contains(node.op->title()); });
}

TEST(TrainingGraph, HasOneNormAndOneUpdateAParameterAsOptimizerNodes) {
  NEEDS_KINDS("adamw", "arrays", "classification", "constant", "cosine", "cosmoflow", "cross_entropy", "gpt",
              "augment", "images", "language_modelling", "mirror", "mixup", "mse", "regression", "resnet",
              "sgd", "text");
  const std::set<std::string> ops{"sum(x0 * x0)", "adamw", "sgd"};
  for (const testing::CollectiveCase& one : testing::collective_cases()) {
    SCOPED_TRACE(testing::name_of(one));
    const Recipe recipe = load_recipe(WEFT_SOURCE_DIR "/recipes/" + one.recipe, one.overrides);
    const Graph graph = build_training_graph(recipe, testing::planned_facts(recipe));
    const auto parameters = std::count_if(graph.values().begin(), graph.values().end(),
                                          [](const Value& value) { return value.state_kind == kParameter; });
    const std::vector<bool> found = optimizer_nodes(graph);
    EXPECT_EQ(std::count(found.begin(), found.end(), true), 2 * parameters);
    EXPECT_EQ(count(graph, ops), 2 * parameters);
    for (size_t n = 0; n < found.size(); ++n) {
      EXPECT_EQ(found[n], ops.contains(graph.nodes()[n].op->title())) << graph.nodes()[n].op->title();
    }
  }
}

}  // namespace
}  // namespace weft
