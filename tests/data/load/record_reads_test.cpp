// Requests to files: the pieces of a record become one record, and how it ended is a value.
#include "weft/data/load/record_reads.h"

#include <gtest/gtest.h>

#include <cerrno>

#include "tests/data/load/fetch_fakes.h"

namespace weft {
namespace {

class RecordReadsTest : public ::testing::Test {
 protected:
  FetchPtr fetch_of(int64_t sample) {
    auto fetch = std::make_shared<RecordFetch>(sample, sample, 0);
    fetch->bytes = UnwrittenSource::kBytes;
    fetch->buffer = std::make_shared<RecordBuffer>(fetch->bytes, memory_);
    return fetch;
  }
  RecordReads::Begun begin(const FetchPtr& fetch) {
    std::vector<Extent> extents;
    source_.locate(fetch->sample, {}, extents);
    return reads_.read_source(fetch, extents);
  }
  bool collect() {
    return reads_.collect(
        0, [this](const FetchPtr& fetch, const ReadEnd& end) { ended_.emplace_back(fetch->sample, end); });
  }

  RecordMemory memory_;
  UnwrittenSource source_{10};
  FakeReader reader_;
  RecordReads reads_{reader_, source_};
  std::vector<std::pair<int64_t, ReadEnd>> ended_;
};

TEST_F(RecordReadsTest, ARecordEndsWithItsLastPiece) {
  const FetchPtr fetch = fetch_of(3);
  EXPECT_TRUE(reads_.is_idle());
  EXPECT_EQ(begin(fetch), RecordReads::Begun::under_way);
  EXPECT_FALSE(reads_.is_idle());
  EXPECT_EQ(reader_.submitted, 2);
  EXPECT_TRUE(collect());
  ASSERT_EQ(ended_.size(), 1);
  EXPECT_EQ(ended_[0].second.kind, ReadEnd::Kind::whole);
  EXPECT_TRUE(UnwrittenSource::is_record(3, fetch->buffer->bytes()));
  EXPECT_TRUE(reads_.is_idle());
  EXPECT_FALSE(collect());
}

TEST_F(RecordReadsTest, OfARecordWithoutPiecesNothingIsUnderWay) {
  EXPECT_EQ(reads_.read_source(fetch_of(0), {}), RecordReads::Begun::nothing_to_read);
  EXPECT_TRUE(reads_.is_idle());
}

TEST_F(RecordReadsTest, OnePieceThatFailsFailsTheRecord) {
  reader_.errors = {0, EIO, 0, 0};
  begin(fetch_of(1));
  begin(fetch_of(2));
  collect();
  ASSERT_EQ(ended_.size(), 2);
  EXPECT_EQ(ended_[0].second.kind, ReadEnd::Kind::system_error);
  EXPECT_EQ(ended_[0].second.error_number, EIO);
  EXPECT_EQ(ended_[0].second.why(), "Input/output error");
  EXPECT_TRUE(ended_[0].second.may_pass());
  EXPECT_EQ(ended_[1].second.kind, ReadEnd::Kind::whole);
}

TEST_F(RecordReadsTest, AShortReadIsAnEndOfItsOwn) {
  reader_.cut = 1;
  begin(fetch_of(1));
  collect();
  ASSERT_EQ(ended_.size(), 1);
  EXPECT_EQ(ended_[0].second.kind, ReadEnd::Kind::too_short);
  EXPECT_EQ(ended_[0].second.why(), "it ends too early");
  EXPECT_TRUE(ended_[0].second.may_pass());
}

TEST_F(RecordReadsTest, WhoeverIsToldOfAnEndMayReadOn) {
  reader_.errors = {EIO};
  const FetchPtr fetch = fetch_of(1);
  begin(fetch);
  reads_.collect(0, [&](const FetchPtr& ended, const ReadEnd& /*end*/) { begin(ended); });
  EXPECT_FALSE(reads_.is_idle());
  collect();
  ASSERT_EQ(ended_.size(), 1);
  EXPECT_EQ(ended_[0].second.kind, ReadEnd::Kind::whole);
}

TEST(ReadEnd, SaysWhatIsWrongAndWhetherItMayPass) {
  EXPECT_EQ((ReadEnd{ReadEnd::Kind::other_bytes}).why(), "its bytes are not those that data.checksums has");
  EXPECT_TRUE((ReadEnd{ReadEnd::Kind::other_bytes}).may_pass());
  EXPECT_FALSE((ReadEnd{ReadEnd::Kind::system_error, ENOENT}).may_pass());
  EXPECT_FALSE((ReadEnd{ReadEnd::Kind::system_error, EACCES}).may_pass());
  EXPECT_THROW(ReadEnd{}.why(), InternalError);
}

}  // namespace
}  // namespace weft
