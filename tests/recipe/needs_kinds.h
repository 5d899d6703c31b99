#pragma once
// Tests of what several kinds are parts of skip where tools/try_deletions.py has one of them out of the
// build, which it says in WEFT_LACKS_KINDS. Else a kind that is missing fails them.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <initializer_list>
#include <string>

#include "weft/data/text/tokenizer.h"
#include "weft/train/observer.h"
#include "weft/train/session/load_recipe.h"

namespace weft::testing {

/// The first of these names that no kind, tokenizer or observer has, and no key: augmentations are known by
/// theirs. "" where all are there.
inline std::string first_missing(std::initializer_list<const char*> names) {
  TokenizerRegistry tokenizers;
  register_all_tokenizers(tokenizers);
  ObserverRegistry observers;
  register_all_observers(observers);
  for (const std::string name : names) {
    const auto is_called = [&](const RecipeKindInfo& kind) { return kind.chosen.value == name; };
    const auto is_key = [&](const RecipeKey& key) { return key.info.name == name; };
    const auto is_tokenizer = [&](const TokenizerFormat& format) { return format.name == name; };
    const auto is_observer = [&](const ObserverRegistry::Entry& entry) { return entry.name == name; };
    if (std::ranges::none_of(recipe_table().kinds, is_called) &&
        std::ranges::none_of(recipe_table().keys, is_key) &&
        std::ranges::none_of(tokenizers.formats(), is_tokenizer) &&
        std::ranges::none_of(observers.entries(), is_observer)) {
      return name;
    }
  }
  return "";
}

/// Whether kinds may be missing, because somebody tries the build without one.
inline bool kinds_are_left_out() { return std::getenv("WEFT_LACKS_KINDS") != nullptr; }

}  // namespace weft::testing

/// In a test's body or SetUp.
#define NEEDS_KINDS(...)                                                                             \
  if (const std::string missing = ::weft::testing::first_missing({__VA_ARGS__}); !missing.empty()) { \
    ASSERT_TRUE(::weft::testing::kinds_are_left_out()) << "there is no kind " << missing;            \
    GTEST_SKIP() << "there is no kind " << missing;                                                  \
  }                                                                                                  \
  static_assert(true)
