#include "weft/base/nearest_key.h"

#include <gtest/gtest.h>

#include <vector>

namespace weft {
namespace {

TEST(EditDistance, CountsEdits) {
  EXPECT_EQ(edit_distance("", ""), 0);
  EXPECT_EQ(edit_distance("", "abc"), 3);
  EXPECT_EQ(edit_distance("abc", ""), 3);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3);
  EXPECT_EQ(edit_distance("learnig", "learning"), 1);
  EXPECT_EQ(edit_distance("sede", "seed"), 1) << "neighbours swapped";
  EXPECT_EQ(edit_distance("ca", "abc"), 3) << "no part is edited twice";
}

TEST(NearestKey, FindsSlipsAndWrongSections) {
  const std::vector<std::string> keys = {"run.seed", "run.steps", "data.batch", "optimizer.learning_rate"};
  EXPECT_EQ(nearest_key("run.sede", keys), "run.seed");
  EXPECT_EQ(nearest_key("optimiser.learning_rate", keys), "optimizer.learning_rate");
  EXPECT_EQ(nearest_key("model.batch", keys), "data.batch");
  EXPECT_EQ(nearest_key("stpes", keys), "run.steps");
  EXPECT_EQ(nearest_key("optimizer.lr", keys), "optimizer.learning_rate") << "its initials";
  EXPECT_EQ(nearest_key("run.flux_capacitor", keys), std::nullopt);
  EXPECT_EQ(nearest_key("seed", {}), std::nullopt);
  EXPECT_EQ(nearest_key(std::string(10000, 's'), keys), std::nullopt);
}

}  // namespace
}  // namespace weft
