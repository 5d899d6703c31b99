#include "weft/datasets/data_facts.h"

#include <gtest/gtest.h>

namespace weft {
namespace {

TEST(DataFacts, AreSaidInOneLine) {
  DataFacts facts{{"tokens", 256, {8}, {"sequence"}, "token"}, {"targets", 256, {8}, {"sequence"}}};
  EXPECT_EQ(text_of(facts), "tokens [8] of 256 ids; targets [8] of 256 ids");
  facts = {{"pixels", 0, {4, 4, 3}, {"height", "width", "channel"}}, {"labels", 10, {}, {}}};
  EXPECT_EQ(text_of(facts), "pixels [4, 4, 3]; labels one of 10 classes");
  facts.target.below = 0;
  EXPECT_EQ(text_of(facts), "pixels [4, 4, 3]; labels a number");
  facts.input.field = "density";
  facts.target.field = "omega";
  EXPECT_EQ(text_of(facts), "field density [4, 4, 3]; field omega a number") << "as the data call them";
}

}  // namespace
}  // namespace weft
