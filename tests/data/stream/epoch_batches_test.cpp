#include "weft/data/stream/epoch_batches.h"

#include <gtest/gtest.h>

namespace weft {
namespace {

void expect(const EpochBatches& epoch, int64_t all, int64_t full, int64_t samples) {
  EXPECT_EQ(epoch.all, all);
  EXPECT_EQ(epoch.full, full);
  EXPECT_EQ(epoch.samples, samples);
}

TEST(EpochBatches, ARestIsDroppedOrMakesAnotherGroup) {
  expect(batches_of_epoch(23, 5, 2, LastBatch::drop), 4, 4, 20);
  for (const LastBatch last : {LastBatch::pad, LastBatch::redistribute}) {
    expect(batches_of_epoch(23, 5, 2, last), 6, 4, 23);
    expect(batches_of_epoch(20, 5, 2, last), 4, 4, 20);
    expect(batches_of_epoch(3, 5, 2, last), 2, 0, 3);
    expect(batches_of_epoch(0, 5, 2, last), 0, 0, 0);
  }
}

TEST(EpochBatches, TooFewForAStepIsSaid) {
  expect(batches_of_epoch(9, 5, 2, LastBatch::drop), 0, 0, 0);
  EXPECT_EQ(
      too_few_for_a_step(9, 10),
      "data.batch=10: an epoch has only 9 samples, so that dropping the last partial batch leaves none; "
      "data.last_batch = \"pad\" keeps it");
}

}  // namespace
}  // namespace weft
