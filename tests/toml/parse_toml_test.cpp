#include "weft/toml/parse_toml.h"

#include <gtest/gtest.h>

#include "tests/ops/expect_error.h"

namespace weft::testing {
namespace {

TEST(ParseToml, ReadsATable) {
  EXPECT_EQ(parse_toml("[run]\nsteps = 3\n", "x.toml").at_path("run.steps").value<int>(), 3);
}

TEST(ParseToml, NamesTheLineAndTheColumnOfWhatIsNoToml) {
  expect_user_error([] { parse_toml("[run]\nsteps = 1 2\n", "x.toml"); }, "x.toml:2:11: not TOML: ");
  expect_user_error([] { parse_toml("a = 1\na = 2\n", "x.toml"); }, "x.toml:2:5: not TOML: ");
  expect_user_error([] { parse_toml("[run]\nséed = 1\n", "x.toml"); },
                    "x.toml:2: not TOML: a character beyond ASCII stands outside of strings and comments");
}

TEST(ParseToml, GivesNothingWhereThatIsNoError) {
  EXPECT_EQ(parse_toml_if_sound("steps = 3")->at_path("steps").value<int>(), 3);
  EXPECT_FALSE(parse_toml_if_sound("steps = 1 2"));
  EXPECT_FALSE(parse_toml_if_sound("steps = é"));
  EXPECT_FALSE(parse_toml_if_sound("steps = \"\xff\""));
}

}  // namespace
}  // namespace weft::testing
