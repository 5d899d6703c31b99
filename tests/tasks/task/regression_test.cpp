#include "weft/tasks/task/regression.h"

#include <gtest/gtest.h>

#include "tests/models/built.h"

namespace weft {
namespace {

TEST(Regression, IsOfItsDataAlone) {
  const Regression task;
  EXPECT_TRUE(task.suits(testing::volumes({8, 8, 8, 1}, {4})));
  for (const DataFacts& other : {testing::images({8, 8, 3}, 10), testing::tokens(5, 11)})
    EXPECT_FALSE(task.suits(other));
}

TEST(Regression, HasItsUsualLoss) {
  const Regression task;
  EXPECT_EQ(task.usual_loss(), "mse");
  EXPECT_FALSE(task.generates());
}

}  // namespace
}  // namespace weft
