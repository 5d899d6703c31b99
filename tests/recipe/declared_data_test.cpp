#include "weft/recipe/declared_data.h"

#include <gtest/gtest.h>

namespace weft {
namespace {

using Declared = Conversion<DeclaredData>;

TEST(DeclaredData, IsReadAsItIsWritten) {
  for (const DeclaredData& declared :
       {DeclaredData{}, DeclaredData{.sample = {16, 16, 3}, .classes = 10, .samples = 1281167},
        DeclaredData{.sample = {8, 1}, .target = {2}}, DeclaredData{.vocabulary = 50257, .samples = 7}})
    EXPECT_EQ(Declared::from(Declared::to(declared)), declared);
}

TEST(DeclaredData, ACountOfNothingIsNone) {
  const RecipeValue none{RecipeValue::Table{{"samples", {int64_t{0}}}}};
  EXPECT_FALSE(Declared::from(none).has_value());
  EXPECT_EQ(Declared::why_not(none), "samples is 0, expected an integer from 1 to 10^9");
}

}  // namespace
}  // namespace weft
