#include "weft/store/json_text.h"

#include <gtest/gtest.h>

#include <string>

namespace weft {
namespace {

std::string nested(size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); }

TEST(JsonText, IsSoundWhereKeysDiffer) {
  EXPECT_TRUE(is_sound_json(R"({"a": [1, -2.5, "t", null, true], "b": {"a": 1}, "c": {"a": 1}})"));
}

TEST(JsonText, IsRefusedWhereItIsNoneOrSaysAKeyTwice) {
  for (const char* text : {"", "{", "[1,]", R"({"a": 1, "a": 2})", R"([{"b": {"a": 1, "a": 2}}])", "\xff"}) {
    EXPECT_FALSE(is_sound_json(text)) << text;
  }
}

TEST(JsonText, IsRefusedWhereItNestsDeeply) {
  EXPECT_TRUE(is_sound_json(nested(64)));
  EXPECT_FALSE(is_sound_json(nested(65)));
  EXPECT_TRUE(is_sound_json(nested(2), 2));
  EXPECT_FALSE(is_sound_json(nested(3), 2));
  EXPECT_FALSE(is_sound_json(nested(400'000))) << "and no stack overflows";
}

}  // namespace
}  // namespace weft
