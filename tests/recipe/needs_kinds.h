#pragma once
// Tests of what several kinds are parts of skip where one of them is not built (tools/try_deletions.py).
#include <gtest/gtest.h>

#include <algorithm>
#include <initializer_list>
#include <string>

#include "weft/train/session/load_recipe.h"

namespace weft::testing {

/// The first of these names that no kind has, of any sort, and no key: augmentations are known by theirs. ""
/// where all are there.
inline std::string first_missing(std::initializer_list<const char*> names) {
  for (const std::string name : names) {
    const auto is_called = [&](const RecipeKindInfo& kind) { return kind.chosen.value == name; };
    const auto is_key = [&](const RecipeKey& key) { return key.info.name == name; };
    if (std::ranges::none_of(recipe_table().kinds, is_called) &&
        std::ranges::none_of(recipe_table().keys, is_key)) {
      return name;
    }
  }
  return "";
}

}  // namespace weft::testing

/// In a test's body or SetUp: skips it where no kind has one of these names.
#define NEEDS_KINDS(...)                                                                           \
  if (const std::string missing = ::weft::testing::first_missing({__VA_ARGS__}); !missing.empty()) \
  GTEST_SKIP() << "there is no kind " << missing
