// Questions and answers between ranks: what is waited for, what is late, and what the budget holds back.
#include "weft/data/load/peer_dialogue.h"

#include <gtest/gtest.h>

#include "tests/data/load/fetch_fakes.h"
#include "weft/data/verify/record_checksum.h"

namespace weft {
namespace {

constexpr double kPatienceMs = 100;

class PeerDialogueTest : public ::testing::Test {
 protected:
  FetchPtr ask(int64_t sample, double now_ms) {
    auto fetch = std::make_shared<RecordFetch>(sample, sample, now_ms);
    fetch->bytes = 10;
    fetch->buffer = std::make_shared<RecordBuffer>(fetch->bytes, memory_);
    fetch->enter(RecordFetch::State::asking_peer);
    asker_.ask(fetch, 1, now_ms, 0);
    return fetch;
  }
  /// Answers the next question with ten bytes of `value`.
  bool answer(std::byte value, double now_ms) {
    const std::optional<PeerLink::Question> question = home_.next_question(now_ms);
    if (!question) return false;
    const std::vector<std::byte> bytes(10, value);
    home_.answer(*question, bytes, record_checksum(bytes), nullptr, now_ms);
    return true;
  }
  void collect() {
    asker_.collect([this](const FetchPtr& fetch, const PeerDialogue::Reply& reply) {
      replies_.emplace_back(fetch->record, reply.kind);
    });
  }
  std::vector<int64_t> late(double now_ms) {
    std::vector<int64_t> records;
    asker_.give_up(now_ms, [&](const FetchPtr& fetch) {
      EXPECT_EQ(fetch->buffer, nullptr);
      records.push_back(fetch->record);
    });
    return records;
  }

  using Kind = PeerDialogue::Reply::Kind;
  RecordMemory memory_;
  PostOffice office_{2};
  PeerDialogue asker_{office_.box(0), kPatienceMs, 0};
  PeerDialogue home_{office_.box(1), kPatienceMs, 1000};  // 20 bytes at once, and then one a millisecond
  std::vector<std::pair<int64_t, Kind>> replies_;
};

TEST_F(PeerDialogueTest, AnAnswerIsARecordOtherBytesOrNothing) {
  const FetchPtr fetch = ask(5, 0);
  ask(6, 0);
  ask(7, 0);
  office_.deliver_all();
  EXPECT_TRUE(home_.take_questions());
  EXPECT_TRUE(answer(std::byte{3}, 0));
  EXPECT_TRUE(answer(std::byte{3}, 0));
  EXPECT_FALSE(home_.has_sent_all());
  office_.letters[1].bytes[0] = std::byte{4};
  home_.refuse({0, 3, 7, 0, {}});
  office_.deliver_all();
  collect();
  const std::vector<std::pair<int64_t, Kind>> expected = {
      {5, Kind::record}, {6, Kind::other_bytes}, {7, Kind::nothing}};
  EXPECT_EQ(replies_, expected);
  EXPECT_EQ(fetch->buffer->bytes()[9], std::byte{3});
  EXPECT_EQ(late(1e6), std::vector<int64_t>{});
  home_.collect([](const FetchPtr&, const PeerDialogue::Reply&) {});
  EXPECT_TRUE(home_.has_sent_all());
}

TEST_F(PeerDialogueTest, APeerIsSilentFromItsFirstLateAnswerToItsNextOne) {
  ask(5, 0);
  ask(6, 50);
  EXPECT_EQ(late(kPatienceMs), std::vector<int64_t>{});
  EXPECT_FALSE(asker_.is_silent(1));
  EXPECT_EQ(late(kPatienceMs + 1), std::vector<int64_t>{5});
  EXPECT_TRUE(asker_.is_silent(1));
  EXPECT_FALSE(asker_.is_silent(0));
  EXPECT_FALSE(asker_.leave()) << "two answers are still to come";
  office_.deliver_all();
  home_.take_questions();
  EXPECT_TRUE(answer(std::byte{3}, 0));
  EXPECT_TRUE(answer(std::byte{3}, 0));
  office_.deliver_all();
  collect();
  EXPECT_EQ(replies_.size(), 1) << "what was given up is nobody's any more";
  EXPECT_EQ(replies_[0].first, 6);
  EXPECT_FALSE(asker_.is_silent(1));
  EXPECT_TRUE(asker_.leave());
}

TEST_F(PeerDialogueTest, TheBudgetHoldsAnswersBack) {
  for (int64_t record = 0; record < 4; ++record) ask(record, 0);
  office_.deliver_all();
  home_.take_questions();
  EXPECT_TRUE(answer(std::byte{1}, 0));
  EXPECT_TRUE(answer(std::byte{1}, 0));
  EXPECT_FALSE(answer(std::byte{1}, 0));
  EXPECT_TRUE(answer(std::byte{1}, 5));
  EXPECT_FALSE(answer(std::byte{1}, 5));
  EXPECT_TRUE(answer(std::byte{1}, 30));
  EXPECT_FALSE(answer(std::byte{1}, 1000)) << "no question is left";
}

}  // namespace
}  // namespace weft
