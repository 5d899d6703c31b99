// Of toml/toml_ascii.h, train/session/load_recipe.h: text beyond ASCII in TOML, as recipes read it.
#include "weft/toml/toml_ascii.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/recipe/needs_kinds.h"
#include "weft/base/check.h"
#include "weft/train/session/load_recipe.h"

namespace weft {
namespace {

TEST(LineBeyondAscii, AllowsStringsCommentsAndTheByteOrderMark) {
  EXPECT_EQ(line_beyond_ascii(""), std::nullopt);
  EXPECT_EQ(line_beyond_ascii("\xef\xbb\xbf[run]\n# Grüße\na = \"ü\"  # ü\nb = 'ü'\n"), std::nullopt);
  EXPECT_EQ(line_beyond_ascii("a = \"\"\"ü\n\"ü\" ü\"\"\"\"\"\nb = '''ü' ''ü''''\n"), std::nullopt);
  EXPECT_EQ(line_beyond_ascii(R"(a = "\"ü")"), std::nullopt) << "an escaped quote ends nothing";
}

TEST(LineBeyondAscii, FindsTheLine) {
  EXPECT_EQ(line_beyond_ascii("ü = 1"), 1);
  EXPECT_EQ(line_beyond_ascii("[run]\nname = \"a\" ü\n"), 2);
  EXPECT_EQ(line_beyond_ascii("# ü\nü"), 2);
  EXPECT_EQ(line_beyond_ascii("a = '\\' ü"), 1) << "a literal string has no escapes";
  EXPECT_EQ(line_beyond_ascii("a = \"\" ü"), 1) << "two quotes are an empty string, not the start of three";
  EXPECT_EQ(line_beyond_ascii("a = \"\"\"\nü\"\"\"\nü"), 3);
  EXPECT_EQ(line_beyond_ascii(" \xef\xbb\xbf"), 1) << "a byte order mark stands at the start or nowhere";
}

TEST(LineBeyondAscii, ItsErrorNamesTheLine) {
  try {
    parse_recipe("[run]\nséed = 1\n", "x.toml");
    FAIL() << "no error";
  } catch (const UserError& error) {
    EXPECT_EQ(std::string(error.what()),
              "x.toml:2: not TOML: a character beyond ASCII stands outside of strings and comments");
  }
}

TEST(LineBeyondAscii, OverridesOfTextMayHaveAccentsWithoutQuotes) {
  NEEDS_KINDS("resnet", "images", "adamw", "constant");
  const std::string text =
      "[run]\nsteps = 1\n[model]\nkind = \"resnet\"\n[data]\nkind = \"images\"\npath = \"p\"\nbatch = 1\n"
      "[optimizer]\nlearning_rate = 1.0\n";
  const std::vector<std::string> overrides = {"data.path=Grüße/é.bin"};
  EXPECT_EQ(parse_recipe(text, "x.toml", overrides).data.path, "Grüße/é.bin");
}

}  // namespace
}  // namespace weft
