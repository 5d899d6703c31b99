#include "weft/base/check.h"

#include <gtest/gtest.h>

#include <string>

namespace weft {
namespace {

TEST(Check, AFalseConditionThrowsTheFormattedMessageAndItsPlace) {
  try {
    WEFT_CHECK(1 + 1 == 3, "{} and {} make {}", 1, 1, 2);
    FAIL() << "nothing was thrown";
  } catch (const InternalError& error) {
    const std::string text = error.what();
    EXPECT_NE(text.find("check_test.cpp:"), std::string::npos) << text;
    EXPECT_NE(text.find(": 1 and 1 make 2"), std::string::npos) << text;
  }
}

TEST(Check, ATrueConditionDoesNothing) { EXPECT_NO_THROW(WEFT_CHECK(true, "never")); }

TEST(UserErrors, CarryExactlyTheirMessage) {
  try {
    user_error("steps is {}, expected at least {}", -1, 1);
  } catch (const UserError& error) {
    EXPECT_STREQ(error.what(), "steps is -1, expected at least 1");
  }
}

}  // namespace
}  // namespace weft
