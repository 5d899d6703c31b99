#include "weft/base/json_problem.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace weft {
namespace {

TEST(JsonProblem, IsTheSentenceWithoutTheLibrarysNumber) {
  try {
    const auto json = nlohmann::json::parse("{]");
    FAIL() << "no error, but " << json;
  } catch (const nlohmann::json::exception& error) {
    EXPECT_EQ(json_problem(error).find("parse error at line 1, column 2: "), 0U) << json_problem(error);
  }
  EXPECT_EQ(json_problem(std::runtime_error("[x] y")), "[x] y");
}

}  // namespace
}  // namespace weft
