#include "weft/recipe/checks.h"

#include <gtest/gtest.h>

#include "weft/recipe/recipe.h"

namespace weft {
namespace {

TEST(IdleKeys, AreSaidUntilTheOtherKeyGivesThemAMeaning) {
  Recipe recipe;
  EXPECT_TRUE(idle_keys(recipe).empty());
  recipe.log.evaluate_batches = 4;
  EXPECT_EQ(idle_keys(recipe),
            std::vector<std::string>{"log.evaluate_batches does nothing: log.evaluate_every is 0, and the "
                                     "evaluation at the end has all batches"});
  recipe.log.evaluate_every = 10;
  EXPECT_TRUE(idle_keys(recipe).empty());
}

}  // namespace
}  // namespace weft
