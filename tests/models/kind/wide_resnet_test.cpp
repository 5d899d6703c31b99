#include "weft/models/kind/wide_resnet.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "tests/models/any_mesh.h"
#include "tests/ops/expect_error.h"
#include "tests/recipe/needs_kinds.h"
#include "weft/datasets/data_kind.h"

namespace weft {
namespace {

using testing::built;

TEST(WideResnet, LabelsOfItsNodesAreNamesOfLayers) {
  WideResnet model;
  model.depth = 10;
  const std::set<std::string> labels = testing::labels_of(model, testing::images({8, 8, 3}, 10));
  EXPECT_TRUE(labels.contains("group1.0"));
  EXPECT_EQ(std::ranges::count_if(labels, [](const auto& label) { return label.ends_with('.'); }), 0);
}

TEST(WideResnet, HasLayersAndWeightsAsItsPaperSays) {
  const testing::BuiltModel made = built(WideResnet(), testing::images({32, 32, 3}, 10));
  EXPECT_EQ(made.weights, 36'479'194) << "WRN-28-10, which the paper calls 36.5 M";
  EXPECT_EQ(made.decaying, 1 + 24 + 3 + 1) << "layers with weights, the three shortcuts among them";
  WideResnet narrow;
  narrow.depth = 40;
  narrow.factor = 4;
  EXPECT_EQ(built(narrow, testing::images({32, 32, 3}, 10)).weights, 8'949'210) << "8.9 M";
}

TEST(WideResnet, DropsOnceABlockInTrainingOnly) {
  WideResnet keys;
  keys.depth = 16;
  keys.factor = 1;
  const DataFacts facts = testing::images({8, 8, 3}, 4);
  const size_t without = built(keys, facts).graph.nodes().size();
  EXPECT_EQ(built(keys, facts, {.dropout = 0.3}).graph.nodes().size(), without + 6);
}

TEST(WideResnet, IsTheSameOnAnyMesh) {
  WideResnet keys;
  keys.depth = 10;
  keys.factor = 1;
  testing::expect_the_same_on({Mesh({{"data", 2}}), Mesh({{"tensor", 2}}), Mesh({{"height", 3}}),
                               Mesh({{"data", 2}, {"height", 2}, {"width", 2}})},
                              keys, testing::images({9, 8, 3}, 5), 3, 0.3);
}

TEST(WideResnet, SaysWhatDataItIsNotMadeFor) {
  testing::expect_user_error(
      [] {
        built(WideResnet(), testing::images({8, 8, 3}, 0));
      },
      "model.kind: a wide_resnet learns class ids, one whole number a sample, and labels is numbers");
}

TEST(WideResnet, HasADepthThatItsBlocksAddUpTo) {
  NEEDS_KINDS("images");
  Recipe recipe;
  recipe.data.kind.hold(DataKind::kinds().find("images"));
  WideResnet keys;
  EXPECT_FALSE(keys.check(recipe)) << "28";
  keys.depth = 30;
  EXPECT_EQ(keys.check(recipe)->message, "model.depth = 30 is not 6n + 4; the nearest are 28 and 34");
}

}  // namespace
}  // namespace weft
