#include "weft/models/kind/cosmoflow.h"

#include <gtest/gtest.h>

#include "tests/models/any_mesh.h"
#include "tests/ops/expect_error.h"

namespace weft {
namespace {

using testing::built;

TEST(Cosmoflow, HasTheLayersOfMlperf) {
  const Cosmoflow keys;
  const testing::BuiltModel made = built(keys, testing::volumes({128, 128, 128, 4}, {4}));
  EXPECT_EQ(made.decaying, 5 + 3);
  EXPECT_EQ(testing::nodes_of(made.graph, "convolution"), 5);
  EXPECT_EQ(testing::nodes_of(made.graph, "max_pool"), 5);
  EXPECT_EQ(made.graph.value(made.out).type.shape, (Dims{2, 4}));
  int64_t weights = 0;
  int64_t inputs = 4;
  for (const int64_t channels : {16, 32, 64, 128, 256}) {
    weights += channels * (inputs * 27 + 1);
    inputs = channels;
  }
  weights += 128 * (256 * 4 * 4 * 4 + 1) + 64 * (128 + 1) + 4 * (64 + 1);
  EXPECT_EQ(made.weights, weights);
}

TEST(Cosmoflow, SaysWhatDataItIsNotMadeFor) {
  Cosmoflow keys;
  testing::expect_user_error(
      [&] {
        built(keys, testing::images({8, 8, 3}, 2));
      },
      "model.kind: a cosmoflow learns a list of numbers, and data.target has class ids");
  testing::expect_user_error(
      [&] {
        built(keys, testing::volumes({64, 64, 64, 1}, {2, 2}));
      },
      "model.kind: a cosmoflow learns a list of numbers, and data.target has the shape [2, 2]");
  testing::expect_user_error(
      [&] {
        built(keys, testing::volumes({64, 64, 4}, {2}));
      },
      "model.kind: a cosmoflow takes volumes with channels, and a sample of data.path is "
      "[64, 64, 4]");
  testing::expect_user_error(
      [&] {
        built(keys, testing::volumes({64, 16, 64, 4}, {2}));
      },
      "model.stages=5: each halves the volume, and one of its sides is 16");
}

TEST(Cosmoflow, IsTheSameOnAnyMesh) {
  Cosmoflow keys;
  keys.stages = 2;
  keys.width = 3;
  testing::expect_the_same_on(
      {Mesh({{"data", 2}}), Mesh({{"tensor", 2}}), Mesh({{"depth", 2}, {"height", 3}}),
       Mesh({{"data", 2}, {"depth", 2}, {"width", 2}})},
      keys, testing::volumes({8, 12, 8, 2}, {4}), 3, 0.25);
}

}  // namespace
}  // namespace weft
