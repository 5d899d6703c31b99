#pragma once
// Tests of what several kinds are parts of skip where one of them is not built (tools/try_deletions.py).
#include <gtest/gtest.h>

/// In a test's body or SetUp: skips it where the sort has no kind of that name.
#define NEEDS_KIND(Sort, name) \
  if (Sort::kinds().find(name) == nullptr) GTEST_SKIP() << "there is no " #Sort " " name
