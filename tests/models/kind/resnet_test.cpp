#include "weft/models/kind/resnet.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "tests/models/any_mesh.h"
#include "tests/ops/expect_error.h"

namespace weft {
namespace {

using testing::built;

TEST(Resnet, LabelsOfItsNodesAreNamesOfLayers) {
  Resnet model;
  model.depth = 8;
  const std::set<std::string> labels = testing::labels_of(model, testing::images({8, 8, 3}, 10));
  EXPECT_TRUE(labels.contains("stage1.0"));
  EXPECT_EQ(std::ranges::count_if(labels, [](const auto& label) { return label.ends_with('.'); }), 0);
}

TEST(Resnet, HasLayersAndWeightsAsItsPaperSays) {
  Resnet resnet;
  for (const int64_t depth : {20, 32, 56}) {
    resnet.depth = depth;
    const testing::BuiltModel made = built(resnet, testing::images({32, 32, 3}, 10));
    // Two projections beside the layers that are counted.
    EXPECT_EQ(made.decaying, depth + 2);
  }
  resnet.depth = 20;
  // Table 6 says 0.27 M, with shortcuts that have no weights: 269,722; and two projections with their norms.
  const int64_t projections = 16 * 32 + 2 * 32 + 32 * 64 + 2 * 64;
  EXPECT_EQ(built(resnet, testing::images({32, 32, 3}, 10)).weights, 269'722 + projections);
}

TEST(Resnet, HasMoreOutputsThanTheDataHaveClassesAndNeverFewer) {
  Resnet resnet;
  resnet.depth = 8;
  resnet.classes = 12;
  const testing::BuiltModel made = built(resnet, testing::images({8, 8, 3}, 10));
  EXPECT_EQ(made.graph.value(made.out).type.shape, (Dims{2, 12}));
  resnet.classes = 9;
  testing::expect_user_error(
      [&] {
        built(resnet, testing::images({8, 8, 3}, 10));
      },
      "model.classes=9: the data have 10 classes");
}

TEST(Resnet, SaysWhatDataItIsNotMadeFor) {
  testing::expect_user_error(
      [] {
        built(Resnet(), testing::images({8, 8, 3}, 0));
      },
      "model.kind: a resnet learns class ids, one whole number a sample, and labels is numbers; "
      "no model.kind learns numbers of samples [8, 8, 3]");
  testing::expect_user_error(
      [] {
        built(Resnet(), testing::images({8, 8, 8, 3}, 0));
      },
      "model.kind: a resnet learns class ids, one whole number a sample, and labels is numbers; "
      "model.kind = \"cosmoflow\" learns numbers");
  testing::expect_user_error(
      [] {
        built(Resnet(), testing::images({8, 8}, 10));
      },
      "model.kind: a resnet takes images, and a sample of data.path is [8, 8]");
}

TEST(Resnet, UpdatesRunningStatisticsInTrainingOnly) {
  Resnet resnet;
  resnet.depth = 8;
  const auto updates = [&](bool training) {
    return built(resnet, testing::images({8, 8, 3}, 10), {.training = training}).graph.updates().size();
  };
  EXPECT_EQ(updates(true), 2U * (1 + 6 + 2)) << "mean and variance of each norm";
  EXPECT_EQ(updates(false), 0U);
}

TEST(Resnet, IsTheSameOnAnyMesh) {
  Resnet resnet;
  resnet.depth = 8;
  resnet.width = 4;
  testing::expect_the_same_on({Mesh({{"data", 2}}), Mesh({{"tensor", 2}}), Mesh({{"height", 3}}),
                               Mesh({{"data", 2}, {"height", 2}, {"width", 2}})},
                              resnet, testing::images({9, 8, 3}, 5), 3);
}

}  // namespace
}  // namespace weft
