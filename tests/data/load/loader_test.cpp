// Of data/load/loader.h, data/load/fetcher.h: one rank. Batches come in order, each sample once an epoch,
// from the source once where the tiers hold it.
#include "weft/data/load/loader.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <random>
#include <set>
#include <thread>

#include "tests/data/load/fakes.h"
#include "tests/ops/expect_error.h"
#include "weft/data/load/array_assembler.h"
#include "weft/data/load/replicas.h"
#include "weft/data/stream/shuffle_sampler.h"
#include "weft/data/verify/record_checksum.h"

namespace weft {
namespace {

std::string own_name() {
  return std::to_string(getpid()) + ::testing::UnitTest::GetInstance()->current_test_info()->name();
}

std::shared_ptr<const AccessStream> stream_of(int64_t samples, int64_t batch, int64_t epochs,
                                              LastBatch last = LastBatch::pad) {
  return std::make_shared<AccessStream>(
      AccessStream::Options{std::make_shared<ShuffleSampler>(samples, 3), batch, epochs, 1, last});
}

/// Samples of each step, and how many bytes were wrong.
struct Seen {
  std::vector<std::vector<int64_t>> steps;
  int64_t wrong = 0;
};

Seen drain(Loader& loader, int64_t most = 1 << 20) {
  Seen seen;
  while (most-- > 0) {
    const Batch* batch = loader.next();
    if (batch == nullptr) break;
    std::vector<int64_t> samples;
    const View& rows = batch->tensors[0];
    for (int64_t i = 0; i < rows.type.shape[0]; ++i) {
      samples.push_back(rows.as<int64_t>()[i * 2]);
      seen.wrong += rows.as<int64_t>()[i * 2 + 1];
    }
    seen.steps.push_back(samples);
  }
  return seen;
}

TEST(Loader, GivesTheBatchesOfTheStream) {
  const PatternSource source(100, own_name());
  ArrayAssembler assembler(source, {.workers = 2});
  LoaderOptions options;
  options.stream = stream_of(100, 16, 3, LastBatch::drop);
  options.workers = 2;
  options.budget_bytes = 1000;  // smaller than a batch: slow, and no deadlock
  Loader loader(source, assembler, std::move(options));
  const Seen seen = drain(loader);
  const auto stream = stream_of(100, 16, 3, LastBatch::drop);
  ASSERT_EQ(std::ssize(seen.steps), stream->steps());
  for (int64_t step = 0; step < stream->steps(); ++step) {
    for (int64_t row = 0; row < 16; ++row) {
      EXPECT_EQ(seen.steps[static_cast<size_t>(step)][static_cast<size_t>(row)], stream->sample(step, row));
    }
  }
  EXPECT_EQ(seen.wrong, 0);
  EXPECT_EQ(loader.stats().from[static_cast<size_t>(Origin::source)].records, 18 * 16);
}

TEST(Loader, ReadsEachSampleOnceWhereTheTierHoldsAll) {
  const PatternSource source(200, own_name());
  ArrayAssembler assembler(source, {});
  LoaderOptions options;
  options.stream = stream_of(200, 16, 5);
  MapTier tier(1 << 20);
  options.tiers = {&tier};
  Loader loader(source, assembler, std::move(options));
  EXPECT_EQ(loader.covered(), 200);
  EXPECT_EQ(drain(loader).wrong, 0);
  EXPECT_EQ(loader.stats().from[static_cast<size_t>(Origin::source)].records, 200);
  EXPECT_EQ(loader.stats().from[static_cast<size_t>(Origin::memory)].records, 800);
}

TEST(Loader, GoesOnFromAnyStep) {
  const PatternSource source(64, own_name());
  ArrayAssembler assembler(source, {});
  const auto stream = stream_of(64, 10, 4);
  for (const int64_t first : {0, 3, 7, 20, 27}) {
    LoaderOptions options;
    options.stream = stream;
    options.first_step = first;
    MapTier tier(4000);
    options.tiers = {&tier};
    Loader loader(source, assembler, std::move(options));
    const Seen seen = drain(loader);
    ASSERT_EQ(std::ssize(seen.steps), stream->steps() - first);
    const int64_t sample = stream->sample(first, 2);
    EXPECT_EQ(seen.steps[0][2], sample);
  }
}

/// Samples that the ranks of one start see from `first` until they are killed before step `end`, by epoch.
void run_until_killed(const PatternSource& source, int ranks, int64_t first, int64_t end,
                      std::vector<std::multiset<int64_t>>& seen) {
  const auto stream = std::make_shared<AccessStream>(
      AccessStream::Options{std::make_shared<ShuffleSampler>(source.count(), 3), 12, std::ssize(seen), ranks,
                            LastBatch::redistribute});
  for (int rank = 0; rank < ranks; ++rank) {
    ArrayAssembler assembler(source, {});
    LoaderOptions options;
    options.stream = stream;
    options.rank = rank;
    options.first_step = first;
    Loader loader(source, assembler, std::move(options));
    for (int64_t step = first; step < end; ++step) {
      const Batch* batch = loader.next();
      ASSERT_NE(batch, nullptr);
      const Range rows = stream->rows(rank);
      for (int64_t i = 0; i < rows.size(); ++i) {
        if (stream->sample(step, rows.begin + i) < 0) continue;  // an empty row of the last batch
        EXPECT_EQ(batch->tensors[0].as<int64_t>()[i * 2 + 1], 0) << "bytes are wrong";
        seen[static_cast<size_t>(batch->epoch)].insert(batch->tensors[0].as<int64_t>()[i * 2]);
      }
    }
  }
}

TEST(Loader, StartedAgainOnOtherRanksSeesEachSampleOnceAnEpoch) {
  const PatternSource source(101, own_name());
  constexpr int64_t kEpochs = 3;
  constexpr int64_t kSteps = kEpochs * 9;  // 101 samples in batches of 12
  std::mt19937 random(4);
  for (int round = 0; round < 20; ++round) {
    std::vector<std::multiset<int64_t>> seen(kEpochs);
    for (int64_t step = 0; step < kSteps;) {
      const int64_t end = std::min<int64_t>(kSteps, step + 1 + static_cast<int64_t>(random() % 11));
      run_until_killed(source, static_cast<int>(1 + random() % 5), step, end, seen);
      step = end;
    }
    for (const std::multiset<int64_t>& epoch : seen) {
      EXPECT_EQ(epoch.size(), 101U);
      EXPECT_EQ(std::set<int64_t>(epoch.begin(), epoch.end()).size(), 101U);
    }
  }
}

int64_t resident_bytes() {
  std::ifstream file("/proc/self/statm");
  int64_t all = 0;
  int64_t resident = 0;
  file >> all >> resident;
  return resident * sysconf(_SC_PAGESIZE);
}

TEST(Loader, MemoryStaysFlatForAHundredEpochs) {
#ifdef WEFT_SANITIZED
  GTEST_SKIP() << "AddressSanitizer keeps what is freed";
#endif
  const PatternSource source(1000, own_name());
  ArrayAssembler assembler(source, {.workers = 2});
  MapTier tier(200'000);  // holds half: the other half comes and goes as second copies and reads
  LoaderOptions options;
  options.stream = stream_of(1000, 50, 100);
  options.workers = 2;
  options.tiers = {&tier};
  Loader loader(source, assembler, std::move(options));
  int64_t early = 0;
  int64_t late = 0;
  while (const Batch* batch = loader.next()) {
    if (batch->epoch == 10) early = std::max(early, resident_bytes());
    if (batch->epoch == 99) late = std::max(late, resident_bytes());
  }
  ASSERT_GT(early, 0);
  // 90 epochs read 30 MB; a leak of a tenth of them would show.
  EXPECT_LT(late - early, 3 << 20);
}

TEST(Loader, EndsEarlyWithoutHanging) {
  const PatternSource source(500, own_name());
  ArrayAssembler assembler(source, {.workers = 3});
  for (const int64_t taken : {0, 1, 5}) {
    LoaderOptions options;
    options.stream = stream_of(500, 16, 100);
    options.workers = 3;
    Loader loader(source, assembler, std::move(options));
    EXPECT_EQ(std::ssize(drain(loader, taken).steps), taken);
  }
}

TEST(Loader, BatchesThatAreKeptStayWhatTheyWere) {
  const PatternSource source(500, own_name());
  ArrayAssembler assembler(source, {.workers = 2});
  LoaderOptions options;
  options.stream = stream_of(500, 10, 2);
  options.workers = 2;
  options.slots = 3;
  Loader loader(source, assembler, std::move(options));
  struct Kept {
    Batch batch;
    std::vector<int64_t> content;
  };
  const auto content = [](const Batch& batch) {
    const View& rows = batch.tensors[0];
    return std::vector<int64_t>(rows.as<int64_t>(), rows.as<int64_t>() + rows.elems());
  };
  std::vector<Kept> kept;
  std::vector<std::vector<View>> views;
  int64_t out = 0;
  for (int64_t step = 0; step < 100; ++step) {
    if (out == 2) {  // two are out at once, and given back while somebody still has the older one
      loader.give_back();
      --out;
    }
    while (!loader.wait_for(50)) {
    }
    const Batch* batch = loader.take();
    ASSERT_NE(batch, nullptr);
    EXPECT_EQ(batch->step, step);
    ++out;
    if (step % 7 != 0) continue;
    views.emplace_back(batch->tensors.begin(), batch->tensors.end());
    kept.push_back({*batch, content(*batch)});
  }
  EXPECT_EQ(loader.take(), nullptr);
  for (size_t i = 0; i < kept.size(); ++i) {
    kept[i].batch.tensors = views[i];
    EXPECT_EQ(content(kept[i].batch), kept[i].content);
  }
}

TEST(Loader, FailsOnABadSampleWithItsName) {
  PatternSource source(50, own_name());
  source.broken = 17;
  ArrayAssembler assembler(source, {});
  LoaderOptions options;
  options.stream = stream_of(50, 10, 1);
  Loader loader(source, assembler, std::move(options));
  try {
    drain(loader);
    FAIL() << "no error";
  } catch (const UserError& error) {
    EXPECT_STREQ(error.what(),
                 "data.path: pattern[17] is broken; "
                 "data.on_bad = \"skip\" would leave such samples out of the loss");
  }
}

TEST(Loader, SkipsOrSubstitutesABadSample) {
  PatternSource source(50, own_name());
  source.broken = 17;
  ArrayAssembler assembler(source, {});
  for (const OnBadSample policy : {OnBadSample::skip, OnBadSample::substitute}) {
    std::vector<std::vector<std::vector<int64_t>>> runs;
    for (int run = 0; run < 2; ++run) {
      LoaderOptions options;
      options.stream = stream_of(50, 10, 3);
      options.on_bad = policy;
      Loader loader(source, assembler, std::move(options));
      runs.push_back(drain(loader).steps);
      ASSERT_EQ(loader.bad_samples().size(), 1U);
      EXPECT_EQ(loader.bad_samples()[0].sample, 17);
      EXPECT_EQ(loader.stats().bad_samples, 3);
    }
    EXPECT_EQ(runs[0], runs[1]);
    std::multiset<int64_t> samples;
    for (const auto& step : runs[0]) samples.insert(step.begin(), step.end());
    EXPECT_EQ(samples.count(17), 0U);
    // An empty row has zeros, which is sample 0's number.
    EXPECT_EQ(samples.size(), 150U);
    const bool skips = policy == OnBadSample::skip;
    for (int64_t sample = 0; sample < 50; ++sample) {
      EXPECT_GE(samples.count(sample), skips && sample == 0 ? 6U : sample == 17 ? 0U : 3U) << sample;
    }
  }
}

TEST(Loader, SubstitutesWhileThereIsAnySampleThatCanBeUsed) {
  PatternSource source(12, own_name());
  ArrayAssembler assembler(source, {});
  const auto samples = [&] {
    LoaderOptions options;
    options.stream = stream_of(12, 4, 2);
    options.on_bad = OnBadSample::substitute;
    Loader loader(source, assembler, std::move(options));
    std::set<int64_t> all;
    for (const auto& step : drain(loader).steps) all.insert(step.begin(), step.end());
    return all;
  };
  source.all_broken_below = 11;
  EXPECT_EQ(samples(), std::set<int64_t>{11});
  source.all_broken_below = 12;
  testing::expect_user_error(
      samples,
      "data.on_bad = \"substitute\": none of the 12 samples can be used; of the last: data.path: pattern[");
}

TEST(Loader, TooManyBadSamplesEndIt) {
  PatternSource source(50, own_name());
  source.broken = 3;
  ArrayAssembler assembler(source, {});
  LoaderOptions options;
  options.stream = stream_of(50, 10, 1);
  options.on_bad = OnBadSample::skip;
  options.bad_limit = 0;
  Loader loader(source, assembler, std::move(options));
  EXPECT_THROW(drain(loader), UserError);
}

TEST(Loader, ATruncatedFileIsABadSample) {
  PatternSource source(50, own_name());
  std::filesystem::resize_file(source.file(), std::filesystem::file_size(source.file()) - 10);
  ArrayAssembler assembler(source, {});
  LoaderOptions options;
  options.stream = stream_of(50, 10, 1);
  Loader loader(source, assembler, std::move(options));
  try {
    drain(loader);
    FAIL() << "no error";
  } catch (const UserError& error) {
    EXPECT_STREQ(error.what(),
                 "data.path: pattern[49] cannot be read (it ends too early); "
                 "data.on_bad = \"skip\" would leave such samples out of the loss");
  }
}

/// An index of the source in which the checksum of sample 17 is another.
std::shared_ptr<const KnownChecksums> index_with_a_wrong_one(const PatternSource& source) {
  const std::filesystem::path file = source.file().string() + ".index";
  {
    ChecksumIndex index(file, 5);
    for (int64_t sample = 0; sample < source.count(); ++sample) {
      std::vector<std::byte> bytes(static_cast<size_t>(PatternSource::size_of(sample)));
      for (size_t i = 0; i < bytes.size(); ++i) {
        bytes[i] = PatternSource::pattern(sample, static_cast<int64_t>(i));
      }
      index.check(sample, std::ssize(bytes), record_checksum(bytes) + (sample == 17 ? 1 : 0));
    }
  }
  testing::expect_user_error([&] { KnownChecksums(file, 6, source.count()); },
                             " is the index of another data set; make one of this by");
  testing::expect_user_error([&] { KnownChecksums(source.file(), 5, source.count()); },
                             " is no checksum index; make one by");
  auto known = std::make_shared<const KnownChecksums>(file, 5, source.count());
  std::filesystem::remove(file);
  return known;
}

TEST(Loader, ASampleThatIsNotAsTheIndexHasItIsBad) {
  const PatternSource source(50, own_name());
  ArrayAssembler assembler(source, {});
  LoaderOptions options;
  options.stream = stream_of(50, 10, 2);
  options.known = index_with_a_wrong_one(source);
  const LoaderOptions failing = options;
  options.on_bad = OnBadSample::skip;
  {
    Loader loader(source, assembler, std::move(options));
    drain(loader);
    ASSERT_EQ(loader.bad_samples().size(), 1U) << "all others are as the index has them";
    EXPECT_EQ(loader.bad_samples()[0].sample, 17);
  }
  Loader loader(source, assembler, failing);
  try {
    drain(loader);
    FAIL() << "no error";
  } catch (const UserError& error) {
    EXPECT_STREQ(error.what(),
                 "data.path: pattern[17] cannot be read (its bytes are not those that data.checksums has); "
                 "data.on_bad = \"skip\" would leave such samples out of the loss");
  }
}

TEST(KnownChecksums, OfSomeSamplesAreNumberedAnew) {
  const PatternSource source(50, own_name());
  const auto known = index_with_a_wrong_one(source);
  const KnownChecksums some = known->of(std::vector<int64_t>{40, 17});
  EXPECT_EQ(some.find(0), known->find(40));
  EXPECT_EQ(some.find(1), known->find(17));
}

std::vector<std::byte> bytes_of(size_t size) { return std::vector<std::byte>(size, std::byte{1}); }

TEST(Replicas, KeepWhatIsUsedSoonest) {
  MapTier tier(300);
  Replicas replicas({&tier}, {300});
  replicas.used(1, bytes_of(100), 0, 50);
  replicas.used(2, bytes_of(100), 0, 40);
  replicas.used(3, bytes_of(100), 0, 60);
  replicas.used(4, bytes_of(100), 0, 70);  // later than all
  EXPECT_FALSE(tier.holds(4));
  replicas.used(5, bytes_of(150), 0, 10);  // in place of two
  EXPECT_TRUE(tier.holds(5) && tier.holds(2));
  EXPECT_FALSE(tier.holds(1) || tier.holds(3));
  replicas.used(2, bytes_of(100), 0, std::nullopt);  // never again
  EXPECT_FALSE(tier.holds(2));
  EXPECT_EQ(replicas.count(), 1);
}

TEST(Replicas, GiveNothingUpForWhatDoesNotFit) {
  MapTier tier(200);
  Replicas replicas({&tier}, {200});
  replicas.used(1, bytes_of(100), 0, 50);
  replicas.used(2, bytes_of(100), 0, 20);
  replicas.used(3, bytes_of(150), 0, 30);  // needs the room of 2 as well
  EXPECT_TRUE(tier.holds(1) && tier.holds(2));
}

}  // namespace
}  // namespace weft
