#include "weft/tasks/task/classification.h"

#include <gtest/gtest.h>

#include "tests/models/built.h"

namespace weft {
namespace {

TEST(Classification, IsOfItsDataAlone) {
  const Classification task;
  EXPECT_TRUE(task.suits(testing::images({8, 8, 3}, 10)));
  for (const DataFacts& other : {testing::tokens(5, 11), testing::volumes({8, 8, 8, 1}, {4})})
    EXPECT_FALSE(task.suits(other));
}

TEST(Classification, HasItsUsualLoss) {
  const Classification task;
  EXPECT_EQ(task.usual_loss(), "cross_entropy");
  EXPECT_EQ(task.usual_metrics(), std::vector<std::string_view>{"accuracy"});
  EXPECT_FALSE(task.generates());
}

}  // namespace
}  // namespace weft
