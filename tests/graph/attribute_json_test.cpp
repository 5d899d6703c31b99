#include "weft/graph/attribute_json.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tests/ops/expect_error.h"

namespace weft {
namespace {

using nlohmann::json;
using testing::expect_user_error;

TEST(AttributeJson, GivesBackWhatItWasGiven) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const AttributeValue list{AttributeValue::List{
      {int64_t{-3}}, {0.5}, {kInfinity}, {-kInfinity}, {true}, {std::string("relu")}, {uint64_t{1} << 63}}};
  EXPECT_EQ(to_json(list).dump(),
            R"([-3,0.5,{"real":"inf"},{"real":"-inf"},true,"relu",9223372036854775808])");
  EXPECT_EQ(to_json(attribute_from(to_json(list))), to_json(list));
  const AttributeValue no_number = attribute_from(json{{"real", "nan"}});
  EXPECT_TRUE(std::isnan(std::get<double>(no_number.value)));
}

TEST(AttributeJson, ShowsWhatIsNoAttribute) {
  expect_user_error([] { attribute_from(nullptr); }, "got null, expected an attribute");
  expect_user_error(
      [] {
        attribute_from(json{{"real", "big"}});
      },
      "got {\"real\":\"big\"}, expected an attribute");
  expect_user_error(
      [] {
        attribute_from(json{{"real", "inf"}, {"unit", "m"}});
      },
      "got {\"real\":\"inf\",\"unit\":\"m\"}, expected an attribute");
  expect_user_error([] { attribute_from(json{1, {2, nullptr}}); }, "got null, expected an attribute");
}

}  // namespace
}  // namespace weft
