#include "weft/recipe/keys.h"

#include <gtest/gtest.h>

namespace weft {
namespace {

struct Oven {
  int64_t degrees = 180;
  std::string shelf = "middle";
  std::vector<double> times{1.5, 2};

  template <class Visitor, class Self>
  static void visit(Visitor& key, Self& self) {
    key("degrees", self.degrees, between(50, 250), "of the air inside");
    key.required("shelf", self.shelf, "where the tray is");
    key("times", self.times, above_zero(), "in minutes");
  }
};

TEST(Keys, AreListedWithWhatIsExpectedAndTheValueThatTheyHave) {
  Oven oven;
  oven.degrees = 200;
  KeyLister lister;
  Oven::visit(lister, oven);
  ASSERT_EQ(lister.keys.size(), 3U);
  EXPECT_EQ(lister.keys[0].name, "degrees");
  EXPECT_EQ(lister.keys[0].meaning, "of the air inside");
  EXPECT_EQ(lister.keys[0].expected, "an integer in [50, 250]");
  EXPECT_EQ(toml_text(lister.keys[0].initial), "200");
  EXPECT_FALSE(lister.keys[0].is_required || lister.keys[0].is_text);
  EXPECT_TRUE(lister.keys[1].is_required && lister.keys[1].is_text);
  EXPECT_EQ(lister.keys[1].expected, "a string");
  EXPECT_EQ(toml_text(lister.keys[2].initial), "[1.5, 2.0]");
}

KeyFit set(Oven& oven, std::string_view name, const RecipeValue& value) {
  KeySetter setter(name, value);
  Oven::visit(setter, oven);
  return setter.fit;
}

TEST(Keys, AreSetWhereTypeAndIntervalFit) {
  Oven oven;
  EXPECT_TRUE(set(oven, "degrees", {int64_t{250}}));
  EXPECT_EQ(oven.degrees, 250);
  EXPECT_FALSE(set(oven, "degrees", {int64_t{251}}));
  EXPECT_FALSE(set(oven, "degrees", {std::string("hot")}));
  EXPECT_FALSE(set(oven, "times", {RecipeValue::List{{1.0}, {0.0}}})) << "every number of a list";
  EXPECT_FALSE(set(oven, "colour", {std::string("red")})) << "no such key";
  EXPECT_EQ(oven.degrees, 250) << "what does not fit changes nothing";
  EXPECT_EQ(oven.times, (std::vector<double>{1.5, 2}));
}

}  // namespace
}  // namespace weft
