#include "weft/toml/deep_key.h"

#include <gtest/gtest.h>

#include "tests/ops/expect_error.h"
#include "weft/toml/parse_toml.h"

namespace weft {
namespace {

std::string dotted(int64_t parts) {
  std::string key = "a";
  for (int64_t i = 1; i < parts; ++i) key += ".a";
  return key;
}

TEST(DeepKey, KeysOfManyPartsAreRefusedBeforeTheyOverflowTheStack) {
  for (const std::string& text :
       {dotted(100'000) + " = 1\n", "[" + dotted(100'000) + "]\n", "x = {" + dotted(100'000) + " = 1}\n"}) {
    testing::expect_user_error([&] { parse_toml("b = 2\n" + text, "x.toml"); },
                               "x.toml:2: a key has more than 128 parts");
    EXPECT_FALSE(parse_toml_if_sound(text).has_value());
  }
  EXPECT_TRUE(parse_toml_if_sound(dotted(kMostKeyParts) + " = 1\n").has_value());
}

TEST(DeepKey, LongListsOfNumbersAreNone) {
  std::string list = "mean = [";
  for (int i = 0; i < 1000; ++i) list += "0.5, ";
  EXPECT_FALSE(line_of_deep_key(list + "]\n").has_value());
}

}  // namespace
}  // namespace weft
