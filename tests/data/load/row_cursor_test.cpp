// The rows of one rank, in their order.
#include "weft/data/load/row_cursor.h"

#include <gtest/gtest.h>

#include "weft/data/stream/shuffle_sampler.h"

namespace weft {
namespace {

AccessStream stream_of(int64_t batch, int ranks) {
  return AccessStream({std::make_shared<ShuffleSampler>(20, 3), batch, 2, ranks, LastBatch::drop});
}

TEST(RowCursor, GoesThroughTheRowsOfEachStep) {
  const AccessStream stream = stream_of(5, 2);
  const Range rows = stream.rows(1);
  RowCursor cursor(stream, 1, 3, stream.steps());
  for (int64_t step = 3; step < stream.steps(); ++step) {
    for (int64_t row = 0; row < rows.size(); ++row) {
      ASSERT_FALSE(cursor.is_at_end());
      EXPECT_EQ(cursor.step(), step);
      const std::optional<DecodePool::Row> taken = cursor.take();
      ASSERT_TRUE(taken);
      EXPECT_EQ(taken->step, step);
      EXPECT_EQ(taken->row, row);
      EXPECT_EQ(taken->epoch, step / 4);
      EXPECT_EQ(taken->sample, stream.sample(step, rows.begin + row));
    }
  }
  EXPECT_TRUE(cursor.is_at_end());
}

TEST(RowCursor, ARankWithoutRowsGoesFromStepToStep) {
  const AccessStream stream = stream_of(2, 3);
  ASSERT_EQ(stream.rows(2).size(), 0);
  RowCursor cursor(stream, 2, 0, 2);
  EXPECT_FALSE(cursor.take());
  EXPECT_EQ(cursor.step(), 1);
  EXPECT_FALSE(cursor.take());
  EXPECT_TRUE(cursor.is_at_end());
}

}  // namespace
}  // namespace weft
