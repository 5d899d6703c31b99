#include "weft/tasks/generation_graph.h"

#include <gtest/gtest.h>

#include <set>

#include "tests/models/built.h"
#include "tests/ops/expect_error.h"
#include "tests/recipe/needs_kinds.h"
#include "weft/models/model.h"

namespace weft {
namespace {

Recipe of_model(const char* kind) {
  Recipe recipe;
  recipe.model.kind.hold(Model::kinds().find(kind));
  return recipe;
}

TEST(GenerationGraph, HasAPromptAndAToken) {
  NEEDS_KINDS("gpt", "language_modelling");
  const Graph graph = build_generation_graph(of_model("gpt"), testing::tokens(16, 11), 8);
  std::set<std::string> segments;
  for (const Node& node : graph.nodes()) segments.insert(graph.segment(node.segment).name);
  EXPECT_EQ(segments, (std::set<std::string>{"prompt", "token"}));
}

TEST(GenerationGraph, IsOfModelsThatGoOnWithAText) {
  NEEDS_KINDS("resnet", "classification");
  testing::expect_user_error(
      [] {
        build_generation_graph(of_model("resnet"), testing::images({8, 8, 3}, 10), 8);
      },
      "model.kind = \"resnet\" with task.kind = \"classification\" generates no text");
}

}  // namespace
}  // namespace weft
