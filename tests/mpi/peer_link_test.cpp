// Records between ranks, asked for and answered by one background thread of each rank.
#include "weft/comm/peer_link.h"

#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <thread>

namespace weft {
namespace {

constexpr int64_t kRecords = 40;

int64_t size_of(int64_t record) { return record % 7 == 0 ? 0 : record * 997; }

std::vector<std::byte> content(int64_t record) {
  std::vector<std::byte> bytes(static_cast<size_t>(size_of(record)));
  for (size_t i = 0; i < bytes.size(); ++i)
    bytes[i] = static_cast<std::byte>(record * 31 + static_cast<int64_t>(i));
  return bytes;
}

/// Record r lives on rank r % size; asks for all others, and answers until all ranks have what they want.
class Service {
 public:
  explicit Service(const Communicator& comm) : link_(comm) {}

  void run() {
    for (int64_t record = 0; record < kRecords; ++record) {
      const int home = static_cast<int>(record) % link_.size();
      if (home == link_.rank()) {
        own_[record] = content(record);
      } else {
        std::vector<std::byte>& into = got_[record];
        into.resize(static_cast<size_t>(size_of(record)));
        asked_[link_.ask(home, record, 1000, into.data(), size_of(record))] = record;
      }
    }
    // A record that nobody has.
    if (link_.size() > 1) {
      into_nowhere_.resize(10);
      asked_[link_.ask((link_.rank() + 1) % link_.size(), kRecords + 5, 1000, into_nowhere_.data(), 10)] = -1;
    }
    while (!step()) std::this_thread::yield();
  }

  int refusals = 0;
  int answers = 0;

 private:
  bool step() {
    std::vector<PeerLink::Question> questions;
    link_.take_questions(questions);
    for (const PeerLink::Question& question : questions) {
      const auto own = own_.find(question.record);
      own == own_.end() ? link_.refuse(question)
                        : link_.answer(question, own->second, static_cast<uint64_t>(question.record) * 3);
    }
    std::vector<PeerLink::Answer> come;
    std::vector<uint64_t> sent;
    link_.collect(come, sent);
    for (const PeerLink::Answer& answer : come) check(answer);
    return link_.waiting() == 0 && link_.leave();
  }

  void check(const PeerLink::Answer& answer) {
    const int64_t record = asked_.at(answer.id);
    if (record < 0) {
      EXPECT_EQ(answer.bytes, std::nullopt);
      ++refusals;
      return;
    }
    EXPECT_EQ(answer.bytes, size_of(record));
    EXPECT_EQ(answer.checksum, static_cast<uint64_t>(record) * 3);
    EXPECT_EQ(got_.at(record), content(record));
    ++answers;
  }

  PeerLink link_;
  std::map<int64_t, std::vector<std::byte>> own_;
  std::map<int64_t, std::vector<std::byte>> got_;
  std::map<uint64_t, int64_t> asked_;
  std::vector<std::byte> into_nowhere_;
};

TEST(PeerLink, ServesRecordsWhileTheMainThreadReduces) {
  const Communicator world = Communicator::world();
  for (int round = 0; round < 3; ++round) {
    Service service(world);
    std::atomic<bool> done{false};
    std::thread thread([&] {
      service.run();
      done = true;
    });
    for (int i = 0; i < 20; ++i) {
      std::vector<float> values(1000, 1.0F);
      world.all_reduce(values.data(), 1000, Element::f32, Reduce::sum).wait();
      EXPECT_EQ(values[999], static_cast<float>(world.size()));
    }
    thread.join();
    EXPECT_TRUE(done);
    const int64_t own = (kRecords + world.size() - 1 - world.rank()) / world.size();
    EXPECT_EQ(service.answers, world.size() > 1 ? kRecords - own : 0);
    EXPECT_EQ(service.refusals, world.size() > 1 ? 1 : 0);
  }
}

}  // namespace
}  // namespace weft
