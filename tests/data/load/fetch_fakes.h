#pragma once
// Fetching without disks, MPI and time: a source that no file has, a reader that answers from it, letters
// between ranks that a test delivers one by one, and a clock that it sets.
#include <chrono>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "tests/data/load/fakes.h"
#include "weft/data/load/record_broker.h"
#include "weft/data/stream/shuffle_sampler.h"

namespace weft {

/// Sample i is kBytes bytes, in two pieces of a file that does not exist.
class UnwrittenSource final : public Source {
 public:
  static constexpr int64_t kBytes = 100;
  explicit UnwrittenSource(int64_t count) : count_(count) {}
  static std::byte byte_at(int64_t offset) {
    return static_cast<std::byte>(offset * 7 + (offset >> 8) * 131);
  }
  static bool is_record(int64_t sample, std::span<const std::byte> bytes) {
    bool right = std::ssize(bytes) == kBytes;
    for (int64_t i = 0; right && i < kBytes; ++i)
      right = bytes[static_cast<size_t>(i)] == byte_at(sample * kBytes + i);
    return right;
  }

  int64_t count() const override { return count_; }
  std::string name(int64_t sample) const override { return "sample " + std::to_string(sample); }
  std::span<const Field> fields() const override { return {}; }
  std::span<const std::filesystem::path> files() const override { return files_; }
  void locate(int64_t sample, std::span<const Region> /*parts*/,
              std::vector<Extent>& extents) const override {
    extents.push_back({0, sample * kBytes, 40});
    extents.push_back({0, sample * kBytes + 40, kBytes - 40});
  }
  void unpack(int64_t /*sample*/, std::span<const Region> /*parts*/, std::span<const std::byte> /*record*/,
              std::span<const View> /*outputs*/) const override {}

 private:
  int64_t count_;
  std::vector<std::filesystem::path> files_{"/weft/no/such/file"};
};

/// Reads what UnwrittenSource would have, at the next collect(); or ends as the test says.
class FakeReader final : public AsyncReader {
 public:
  std::string name() const override { return "fake"; }
  int depth() const override { return 64; }
  void submit(const ReadTask& task) override {
    tasks_.push_back(task);
    ++submitted;
  }
  void collect(std::vector<ReadResult>& done, double /*ms*/) override {
    for (const ReadTask& task : std::exchange(tasks_, {})) {
      ReadResult result{task.id, task.bytes, 0, 0};
      if (!errors.empty()) {
        result.error = errors.front();
        errors.pop_front();
      }
      if (cut > 0) result.bytes -= std::exchange(cut, 0);
      if (result.error != 0) result.bytes = 0;
      for (int64_t i = 0; i < result.bytes; ++i) task.into[i] = UnwrittenSource::byte_at(task.offset + i);
      done.push_back(result);
    }
  }
  int64_t pending() const override { return std::ssize(tasks_); }
  bool stop(double /*ms*/) override { return true; }

  std::deque<int> errors;  ///< errno of the next requests, first those; 0: none
  int64_t cut = 0;         ///< bytes that the next request comes short of
  int64_t submitted = 0;

 private:
  std::vector<ReadTask> tasks_;
};

/// Letters between ranks, which lie here until a test delivers them, in any order, or drops them.
class PostOffice {
 public:
  struct Letter {
    enum class Kind : uint8_t { question, record, refusal } kind = Kind::question;
    int from = 0;
    int to = 0;
    uint64_t id = 0;  ///< of the question, at the asker
    int64_t record = 0;
    std::vector<std::byte> bytes;
    uint64_t checksum = 0;
    double prepared_ms = 0;
  };
  class Box final : public PeerTransport {
   public:
    Box(PostOffice& office, int rank) : office_(office), rank_(rank) {}
    uint64_t ask(int peer, int64_t record, double /*patience_ms*/, std::byte* into, int64_t bytes) override {
      asked_[++last_id_] = {into, bytes};
      office_.letters.push_back({Letter::Kind::question, rank_, peer, last_id_, record, {}, 0, 0});
      return last_id_;
    }
    void take_questions(std::vector<PeerLink::Question>& questions) override {
      questions.insert(questions.end(), questions_.begin(), questions_.end());
      questions_.clear();
    }
    uint64_t answer(const PeerLink::Question& question, std::span<const std::byte> bytes,
                    uint64_t checksum) override {
      office_.letters.push_back({Letter::Kind::record,
                                 rank_,
                                 question.peer,
                                 static_cast<uint64_t>(question.tag),
                                 question.record,
                                 {bytes.begin(), bytes.end()},
                                 checksum,
                                 0});
      sent_.push_back(++last_id_);
      return last_id_;
    }
    void refuse(const PeerLink::Question& question) override {
      office_.letters.push_back({Letter::Kind::refusal,
                                 rank_,
                                 question.peer,
                                 static_cast<uint64_t>(question.tag),
                                 question.record,
                                 {},
                                 0,
                                 0});
    }
    void collect(std::vector<PeerLink::Answer>& replies, std::vector<uint64_t>& sent) override {
      for (const Letter& letter : std::exchange(answers_, {})) {
        const auto [into, room] = asked_.at(letter.id);
        asked_.erase(letter.id);
        PeerLink::Answer& reply = replies.emplace_back();
        reply.id = letter.id;
        reply.checksum = letter.checksum;
        reply.prepared_ms = letter.prepared_ms;
        if (letter.kind == Letter::Kind::refusal) continue;
        reply.bytes = std::ssize(letter.bytes);
        std::copy_n(letter.bytes.begin(), std::min(room, std::ssize(letter.bytes)), into);
      }
      for (const uint64_t id : std::exchange(sent_, {})) sent.push_back(id);
    }
    int64_t waiting() const override { return std::ssize(asked_); }
    bool leave() override { return true; }

   private:
    friend class PostOffice;
    struct Room {
      std::byte* into = nullptr;
      std::ptrdiff_t bytes = 0;
    };
    PostOffice& office_;
    int rank_;
    uint64_t last_id_ = 0;
    std::map<uint64_t, Room> asked_;
    std::vector<PeerLink::Question> questions_;
    std::vector<Letter> answers_;
    std::vector<uint64_t> sent_;
  };

  explicit PostOffice(int ranks) {
    for (int rank = 0; rank < ranks; ++rank) boxes_.push_back(std::make_unique<Box>(*this, rank));
  }
  Box& box(int rank) { return *boxes_[static_cast<size_t>(rank)]; }

  void deliver(size_t at) {
    const Letter letter = letters[at];
    drop(at);
    Box& box = *boxes_[static_cast<size_t>(letter.to)];
    if (letter.kind != Letter::Kind::question) return box.answers_.push_back(letter);
    box.questions_.push_back({letter.from, static_cast<int32_t>(letter.id), letter.record, 0, {}});
  }
  void deliver_all() {
    while (!letters.empty()) deliver(0);
  }
  void drop(size_t at) { letters.erase(letters.begin() + static_cast<std::ptrdiff_t>(at)); }

  std::vector<Letter> letters;

 private:
  std::vector<std::unique_ptr<Box>> boxes_;
};

}  // namespace weft
