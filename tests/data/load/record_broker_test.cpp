// Of data/load/record_broker.h, data/load/fetch_ledger.h: two ranks in one thread. A message between them is
// held back, overtaken or lost, a read fails, a copy goes bad, and each row gets its record all the same, or
// is called bad with its reason.
#include "weft/data/load/record_broker.h"

#include <gtest/gtest.h>

#include <cerrno>

#include "tests/data/load/fetch_fakes.h"
#include "weft/data/verify/record_checksum.h"

namespace weft {
namespace {

constexpr int64_t kSamples = 24;
constexpr double kPatienceMs = 100;

std::shared_ptr<const AccessStream> stream_of(int ranks) {
  return std::make_shared<AccessStream>(
      AccessStream::Options{std::make_shared<ShuffleSampler>(kSamples, 3), 4, 2, ranks, LastBatch::drop});
}

/// What all ranks of a test share.
struct World {
  explicit World(int ranks) : office(ranks), stream(stream_of(ranks)) {
    HomesOptions options;
    const std::vector<int64_t> sizes{tier_footprint(UnwrittenSource::kBytes)};
    options.record_bytes = sizes;
    // The last rank alone has room: it is everybody's home.
    for (int rank = 0; rank < ranks; ++rank) options.capacity.push_back({rank == ranks - 1 ? 1 << 20 : 0});
    homes.emplace(*stream, options);
  }

  UnwrittenSource source{kSamples};
  PostOffice office;
  std::shared_ptr<const AccessStream> stream;
  std::optional<Homes> homes;
  double now_ms = 0;
};

struct Setting {
  OnBadSample on_bad = OnBadSample::skip;
  bool has_rows = true;  ///< else it only serves the others
  int64_t network_budget = 0;
  Tier* tier = nullptr;  ///< null: one in memory
};

/// One rank, whose rows are where `rows` has them as soon as they have their records.
struct Rank {
  Rank(World& shared, int rank, const Setting& setting)
      : world(shared), tier(rank == shared.stream->ranks() - 1 ? 1 << 20 : 0), bad(setting.on_bad, 100) {
    FetchWorld fetching;
    fetching.stream = world.stream.get();
    fetching.source = &world.source;
    fetching.homes = &*world.homes;
    fetching.tiers = {setting.tier != nullptr ? setting.tier : &tier};
    if (world.stream->ranks() > 1) fetching.peers = &world.office.box(rank);
    fetching.reader = &reader;
    fetching.bad = &bad;
    fetching.counters = &counters;
    fetching.clock = [this] {
      return std::chrono::steady_clock::time_point(
          std::chrono::duration_cast<std::chrono::steady_clock::duration>(
              std::chrono::duration<double, std::milli>(world.now_ms)));
    };
    FetchOptions options;
    options.rank = rank;
    options.end_step = setting.has_rows ? world.stream->steps() : 0;
    options.network_budget = setting.network_budget;
    options.lookahead = 1;
    options.patience_ms = kPatienceMs;
    options.peers_first = true;  // whatever the clock that a test sets says of their speeds
    broker.emplace(std::move(fetching), std::move(options),
                   [this](DecodePool::Row row) { rows.push_back(std::move(row)); });
  }
  void work(int rounds = 1) {
    for (int i = 0; i < rounds; ++i) broker->work(RecordBroker::Round::everything);
  }
  LoadStats stats() const { return counters.snapshot(); }
  int64_t from(Origin origin) const { return stats().from[static_cast<size_t>(origin)].records; }
  /// Rows whose bytes are not those of their sample.
  int64_t wrong_rows() const {
    return std::count_if(rows.begin(), rows.end(), [](const DecodePool::Row& row) {
      return row.sample < 0 || !UnwrittenSource::is_record(row.sample, row.record.bytes);
    });
  }

  World& world;
  FakeReader reader;
  MapTier tier;
  BadSamples bad;
  LoadCounters counters;
  std::vector<DecodePool::Row> rows;
  std::optional<RecordBroker> broker;
};

/// Lets both ranks work and all letters arrive, until nothing happens any more.
void settle(Rank& asker, Rank& home) {
  for (int i = 0; i < 5; ++i) {
    asker.work();
    asker.world.office.deliver_all();
    home.work(2);
    asker.world.office.deliver_all();
  }
}

TEST(RecordBroker, TakesRecordsFromTheirHome) {
  World world(2);
  Rank asker(world, 0, {});
  Rank home(world, 1, {.has_rows = false});
  settle(asker, home);
  EXPECT_EQ(asker.rows.size(), 2);
  EXPECT_EQ(asker.wrong_rows(), 0);
  EXPECT_EQ(asker.from(Origin::peer), 2);
  EXPECT_EQ(asker.reader.submitted, 0);
  EXPECT_EQ(home.stats().read_for_peers.records, 2);
  EXPECT_EQ(home.stats().served.records, 2);
  EXPECT_TRUE(home.broker->is_quiet());
}

TEST(RecordBroker, EveryRowOfARunHasItsRecordAndTheSourceIsReadOnce) {
  World world(2);
  Rank asker(world, 0, {});
  Rank home(world, 1, {});
  for (int64_t step = 0; step < world.stream->steps(); ++step) {
    settle(asker, home);
    asker.broker->released(step);
    home.broker->released(step);
  }
  EXPECT_TRUE(asker.broker->has_finished());
  EXPECT_TRUE(home.broker->has_finished());
  EXPECT_EQ(asker.rows.size() + home.rows.size(), 2 * kSamples);
  EXPECT_EQ(asker.wrong_rows() + home.wrong_rows(), 0);
  EXPECT_EQ(home.from(Origin::source) + home.stats().read_for_peers.records, kSamples);
  EXPECT_EQ(asker.from(Origin::source), 0);
}

TEST(RecordBroker, AnAnswerThatIsHeldBackIsWaitedForOnceAndThenIgnored) {
  World world(2);
  Rank asker(world, 0, {});
  Rank home(world, 1, {.has_rows = false});
  asker.work();
  world.office.deliver_all();
  home.work(2);
  ASSERT_EQ(world.office.letters.size(), 2) << "the answers are held back";
  world.now_ms += kPatienceMs;
  asker.work();
  EXPECT_EQ(asker.rows.size(), 0) << "its time is not over";
  world.now_ms += 1;
  asker.work(2);
  EXPECT_EQ(asker.stats().late_peers, 2);
  EXPECT_EQ(asker.from(Origin::source), 2);
  EXPECT_EQ(asker.wrong_rows(), 0);

  asker.broker->released(0);
  asker.work(2);
  EXPECT_EQ(world.office.letters.size(), 2) << "a peer that is silent is not asked";
  EXPECT_EQ(asker.from(Origin::source), 4);

  world.office.deliver_all();
  asker.work();
  EXPECT_EQ(asker.rows.size(), 4) << "no row twice";
  asker.broker->released(1);
  settle(asker, home);
  EXPECT_EQ(asker.from(Origin::peer), 2) << "it has answered, and is asked again";
  EXPECT_EQ(asker.wrong_rows(), 0);
}

TEST(RecordBroker, AnswersMayOvertakeEachOther) {
  World world(2);
  Rank asker(world, 0, {});
  Rank home(world, 1, {.has_rows = false});
  asker.work();
  world.office.deliver(1);
  home.work(2);
  world.office.deliver(0);
  home.work(2);
  ASSERT_EQ(world.office.letters.size(), 2);
  world.office.deliver(1);
  asker.work();
  ASSERT_EQ(asker.rows.size(), 1);
  world.office.deliver(0);
  asker.work();
  ASSERT_EQ(asker.rows.size(), 2);
  EXPECT_EQ(asker.rows[0].row, 0);
  EXPECT_EQ(asker.rows[1].row, 1);
  EXPECT_EQ(asker.wrong_rows(), 0);
  EXPECT_EQ(asker.reader.submitted, 0);
}

TEST(RecordBroker, AQuestionThatIsLostCostsItsPatience) {
  World world(2);
  Rank asker(world, 0, {});
  Rank home(world, 1, {.has_rows = false});
  asker.work();
  ASSERT_EQ(world.office.letters.size(), 2);
  world.office.drop(0);
  settle(asker, home);
  EXPECT_EQ(asker.rows.size(), 1);
  world.now_ms += kPatienceMs + 1;
  settle(asker, home);
  EXPECT_EQ(asker.rows.size(), 2);
  EXPECT_EQ(asker.wrong_rows(), 0);
  EXPECT_EQ(asker.stats().late_peers, 1);
  EXPECT_EQ(asker.from(Origin::peer), 1);
  EXPECT_EQ(asker.from(Origin::source), 1);
}

TEST(RecordBroker, ARecordThatChangesOnItsWayIsReadFromTheSource) {
  World world(2);
  Rank asker(world, 0, {});
  Rank home(world, 1, {.has_rows = false});
  asker.work();
  world.office.deliver_all();
  home.work(2);
  world.office.letters[0].bytes[7] ^= std::byte{1};
  world.office.letters[1].bytes.pop_back();
  world.office.deliver_all();
  asker.work(2);
  EXPECT_EQ(asker.rows.size(), 2);
  EXPECT_EQ(asker.wrong_rows(), 0);
  EXPECT_EQ(asker.stats().corrupt, 1) << "a record of another size is no copy at all";
  EXPECT_EQ(asker.from(Origin::source), 2);
  EXPECT_EQ(asker.stats().late_peers, 0);
}

TEST(RecordBroker, WhatItAsksForItselfItRefuses) {
  World world(2);
  Rank asker(world, 0, {});
  asker.work();
  ASSERT_EQ(world.office.letters.size(), 2);
  // The same question comes back, as from a rank that takes this one for the home.
  world.office.letters.push_back(world.office.letters[0]);
  std::swap(world.office.letters[2].from, world.office.letters[2].to);
  world.office.deliver(2);
  asker.work();
  ASSERT_EQ(world.office.letters.size(), 3);
  EXPECT_EQ(world.office.letters[2].kind, PostOffice::Letter::Kind::refusal);
}

TEST(RecordBroker, ABudgetHoldsAnswersBackUntilTimeHasPassed) {
  World world(2);
  Rank asker(world, 0, {});
  // A record of 100 bytes each 100 ms, in bursts of 20 bytes.
  Rank home(world, 1, {.has_rows = false, .network_budget = 1000});
  asker.work();
  world.office.deliver_all();
  home.work(3);
  ASSERT_EQ(world.office.letters.size(), 2) << "what is read already is sent";
  world.office.deliver_all();
  asker.work();
  asker.broker->released(0);
  asker.work();
  world.office.deliver_all();
  home.work(3);
  EXPECT_EQ(world.office.letters.size(), 0);
  world.now_ms += 300;
  home.work(3);
  EXPECT_GT(world.office.letters.size(), 0);
}

/// Why the first bad sample is one, where the requests of a rank without peers end so, one after the other;
/// empty: none is.
std::string failure_of(Rank& rank, std::deque<int> errors) {
  rank.reader.errors = std::move(errors);
  rank.work(8);
  return rank.bad.list().empty() ? "" : rank.bad.list()[0].why;
}

TEST(RecordBroker, AReadThatFailsIsTriedThreeTimes) {
  World world(1);
  {
    Rank rank(world, 0, {});
    // Two requests a record: the first fails, then one of the second reading.
    EXPECT_EQ(failure_of(rank, {EIO, 0, 0, 0, 0, 0, 0, 0, 0, EIO}), "");
    EXPECT_EQ(rank.rows.size(), 4);
    EXPECT_EQ(rank.wrong_rows(), 0);
  }
  Rank rank(world, 0, {});
  const int64_t sample = world.stream->sample(0, 0);
  EXPECT_EQ(failure_of(rank, {EIO, 0, 0, 0, 0, 0, 0, 0, EIO, 0, 0, EIO}),
            "data.path: sample " + std::to_string(sample) + " cannot be read (Input/output error)");
  ASSERT_EQ(rank.rows.size(), 4);
  EXPECT_EQ(rank.wrong_rows(), 1) << "its row is empty";
  EXPECT_EQ(rank.stats().bad_samples, 1);
}

TEST(RecordBroker, AFileThatIsNotThereIsReadOnce) {
  World world(1);
  Rank rank(world, 0, {});
  EXPECT_NE(failure_of(rank, {ENOENT, 0}).find("cannot be read (No such file or directory)"),
            std::string::npos);
  EXPECT_EQ(rank.reader.submitted, 8);
}

TEST(RecordBroker, AFileThatEndsTooEarlyIsNoErrorOfTheSystem) {
  World world(1);
  Rank rank(world, 0, {});
  for (int attempt = 0; attempt < 3; ++attempt) {
    rank.reader.cut = 1;
    rank.work();
  }
  ASSERT_EQ(rank.bad.list().size(), 1);
  EXPECT_NE(rank.bad.list()[0].why.find("cannot be read (it ends too early)"), std::string::npos);
}

TEST(RecordBroker, AnotherSampleTakesTheRowOfABadOne) {
  World world(1);
  Rank rank(world, 0, {.on_bad = OnBadSample::substitute});
  failure_of(rank, {ENOENT, 0});
  ASSERT_EQ(rank.rows.size(), 4);
  EXPECT_EQ(rank.wrong_rows(), 0);
  const auto replaced = std::find_if(rank.rows.begin(), rank.rows.end(),
                                     [](const DecodePool::Row& row) { return row.row == 0; });
  EXPECT_EQ(replaced->sample, substitute_for(world.stream->sample(0, 0), kSamples, 0, 0));
}

TEST(RecordBroker, ABadCopyIsDroppedAndReadAnew) {
  World world(1);
  Rank rank(world, 0, {});
  const int64_t sample = world.stream->sample(0, 2);
  const std::vector<std::byte> other(UnwrittenSource::kBytes);
  ASSERT_TRUE(rank.tier.put(sample, other, record_checksum(other) + 1));
  rank.work(4);
  EXPECT_EQ(rank.rows.size(), 4);
  EXPECT_EQ(rank.wrong_rows(), 0);
  EXPECT_EQ(rank.stats().corrupt, 1);
  EXPECT_EQ(rank.from(Origin::source), 4);
}

/// Copies that are read like a file's, where the source has them too.
class DiskTier final : public Tier {
 public:
  std::string name() const override { return "disk"; }
  int64_t capacity() const override { return 1 << 20; }
  int64_t used() const override { return std::ssize(records_) * UnwrittenSource::kBytes; }
  bool holds(RecordId record) const override { return records_.contains(record); }
  bool put(RecordId record, std::span<const std::byte> /*bytes*/, uint64_t checksum) override {
    records_[record] = checksum;
    return true;
  }
  void drop(RecordId record) override { records_.erase(record); }
  std::optional<Stored> find(RecordId record) const override {
    const auto found = records_.find(record);
    if (found == records_.end()) return std::nullopt;
    Stored stored;
    stored.bytes = UnwrittenSource::kBytes;
    stored.checksum = found->second;
    stored.read.path = "/weft/no/such/file";
    stored.read.offset = record * UnwrittenSource::kBytes;
    return stored;
  }

 private:
  std::map<RecordId, uint64_t> records_;
};

TEST(RecordBroker, ACopyOnADiskIsReadOnceAndWhereThatFailsTheSourceIs) {
  World world(1);
  DiskTier disk;
  const auto row = [&](int64_t at) { return world.stream->sample(0, at); };
  std::vector<std::byte> bytes(UnwrittenSource::kBytes);
  for (int64_t i = 0; i < UnwrittenSource::kBytes; ++i)
    bytes[static_cast<size_t>(i)] = UnwrittenSource::byte_at(row(0) * UnwrittenSource::kBytes + i);
  disk.put(row(0), bytes, record_checksum(bytes));
  disk.put(row(1), bytes, record_checksum(bytes));  // not what is there
  disk.put(row(2), bytes, record_checksum(bytes));  // cannot be read
  Rank rank(world, 0, {.tier = &disk});
  rank.reader.errors = {0, 0, EIO};
  rank.work(4);
  ASSERT_EQ(rank.rows.size(), 4);
  EXPECT_EQ(rank.wrong_rows(), 0);
  EXPECT_EQ(rank.from(Origin::disk), 1);
  EXPECT_EQ(rank.from(Origin::source), 3);
  EXPECT_EQ(rank.stats().corrupt, 2);
  EXPECT_EQ(rank.reader.submitted, 3 + 3 * 2);
}

}  // namespace
}  // namespace weft
