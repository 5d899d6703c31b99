#include "weft/tasks/task/language_modelling.h"

#include <gtest/gtest.h>

#include "tests/models/built.h"

namespace weft {
namespace {

TEST(LanguageModelling, IsOfItsDataAlone) {
  const LanguageModelling task;
  EXPECT_TRUE(task.suits(testing::tokens(5, 11)));
  for (const DataFacts& other : {testing::images({8, 8, 3}, 10), testing::volumes({8, 8, 8, 1}, {4})})
    EXPECT_FALSE(task.suits(other));
}

TEST(LanguageModelling, HasItsUsualLoss) {
  const LanguageModelling task;
  EXPECT_EQ(task.usual_loss(), "cross_entropy");
  EXPECT_TRUE(task.generates()) << "a network of it goes on with a text";
}

}  // namespace
}  // namespace weft
