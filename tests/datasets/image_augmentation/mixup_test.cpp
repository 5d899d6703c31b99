#include "weft/datasets/image_augmentation/mixup.h"

#include <gtest/gtest.h>

#include "tests/ops/interpreter.h"
#include "weft/ops/pointwise/multiply.h"
#include "weft/ops/reduce/reduce_sum.h"

namespace weft {
namespace {

TEST(Mixup, MixesNeighboursAndTheirLosses) {
  Mixup mixup;
  mixup.alpha = 0.4;
  ASSERT_NE(mixup.mixing(), nullptr);
  const auto scalars = mixup.scalars(7, 3);
  ASSERT_EQ(scalars.size(), 1U);
  const double share = scalars[0].second;
  GraphBuilder build;
  const ValueId x = build.input("x", {DType::f64, {2, 1}}, {"batch", "channel"});
  const ValueId mixed = mixup.input(build, x, DType::f64);
  const ValueId share_input = build.input(scalars[0].first, {DType::f64, {}}, {});
  // A loss that tells rows apart: the first row's prediction alone.
  const ValueId weights = build.input("weights", {DType::f64, {2, 1}}, {"batch", "channel"});
  const auto loss_of = [&](ValueId one) { return reduce_sum(build, multiply(build, one, weights)); };
  const ValueId loss = mixup.loss(build, mixed, loss_of, DType::f64);
  build.output("mixed", mixed);
  build.output("loss", loss);
  const Graph graph = std::move(build).build();
  testing::Interpreter run(graph);
  run.set(x, {10, 20});
  run.set(share_input, {share});
  run.set(weights, {1, 0});
  run.run();
  const double first = share * 10 + (1 - share) * 20;
  const double second = share * 20 + (1 - share) * 10;
  EXPECT_NEAR(run.get(mixed)[0], first, 1e-12);
  EXPECT_NEAR(run.get(mixed)[1], second, 1e-12);
  EXPECT_NEAR(run.get(loss)[0], share * first + (1 - share) * second, 1e-12);
}

TEST(Mixup, DrawsAShareForEachMicrobatchAndNeedsPairs) {
  Mixup mixup;
  mixup.alpha = 0.4;
  EXPECT_EQ(mixup.scalars(7, 3), mixup.scalars(7, 3));
  EXPECT_NE(mixup.scalars(7, 3), mixup.scalars(7, 4));
  Recipe recipe;
  recipe.data.batch = 9;
  recipe.optimizer.accumulate = 3;
  EXPECT_EQ(mixup.check(recipe)->message,
            "data.mixup mixes pairs, and a microbatch has 3 samples, an odd number");
}

}  // namespace
}  // namespace weft
