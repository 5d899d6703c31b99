#include "weft/run/arena.h"

#include "tests/ops/expect_error.h"

namespace weft {
namespace {

using testing::expect_user_error;

TEST(Arena, SaysWhatNeedsLessWhereThePlanNeedsMoreThanThereIs) {
  constexpr int64_t kBytes = int64_t{1} << 60;
  expect_user_error([] { check_available(kBytes); },
                    "not enough memory: the plan needs 1073741824.00 GiB and ");
  expect_user_error(
      [] { check_available(kBytes); },
      " GiB are available; a smaller data.batch, more optimizer.accumulate or more ranks need less");
  expect_user_error([] { Arena arena(kBytes); }, "not enough memory: the plan needs 1073741824.00 GiB and ");
}

TEST(Arena, IsOfWholeHugePagesOfZeros) {
  const Arena arena(int64_t{3} << 20);
  EXPECT_EQ(arena.bytes(), int64_t{4} << 20);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(arena.data()) % (1 << 21), 0U);
  int64_t sum = 0;
  for (int64_t i = 0; i < arena.bytes(); ++i) sum += std::to_integer<int64_t>(arena.data()[i]);
  EXPECT_EQ(sum, 0);
}

}  // namespace
}  // namespace weft
