#include "weft/data/tier/directory_tier.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <random>
#include <thread>

#include "weft/base/check.h"
#include "weft/data/tier/cache_folder.h"
#include "weft/data/tier/cache_journal.h"
#include "weft/data/verify/record_checksum.h"

namespace weft {

namespace {

namespace fs = std::filesystem;

constexpr int64_t kCapacity = int64_t{1} << 20;

std::vector<std::byte> content_of(RecordId record, int64_t bytes) {
  std::mt19937_64 random(static_cast<uint64_t>(record * 1'000'003 + bytes));
  std::vector<std::byte> content(static_cast<size_t>(bytes));
  for (std::byte& b : content) b = static_cast<std::byte>(random());
  return content;
}

bool put(Tier& tier, RecordId record, int64_t bytes) {
  const std::vector<std::byte> content = content_of(record, bytes);
  return tier.put(record, content, record_checksum(content));
}

/// True where the record is found and checks.
bool checks(const Tier& tier, RecordId record) {
  const std::optional<Tier::Stored> stored = tier.find(record);
  if (!stored) return false;
  std::vector<std::byte> bytes(static_cast<size_t>(stored->bytes));
  const ssize_t got = ::pread(stored->read.file, bytes.data(), bytes.size(), stored->read.offset);
  return got == stored->bytes && record_checksum(bytes) == stored->checksum &&
         bytes == content_of(record, stored->bytes);
}

void settle(Tier& tier, RecordId record) {
  while (tier.holds(record) && !tier.find(record)) tier.progress();
}

class DirectoryTier : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = fs::temp_directory_path() / "weft-tier-XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::unique_ptr<Tier> tier(uint64_t key = 1, int64_t bytes = kCapacity, int rank = 0) {
    return make_directory_tier({.directory = folder_, .bytes = bytes, .rank = rank, .key = key});
  }
  fs::path rank_folder() const { return folder_ / "weft-cache-rank-0000"; }
  std::string read_file(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  }
  void write_file(const fs::path& path, const std::string& content) {
    std::ofstream(path, std::ios::binary) << content;
  }
  fs::path folder_;
};

std::string error_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const UserError& error) {
    return error.what();
  }
  return "no error";
}

/// Puts and drops at random for ever; what a training does until it is killed.
void churn(Tier& tier, uint32_t seed, int rounds) {
  std::mt19937 random(seed);
  for (int i = 0; i < rounds; ++i) {
    const RecordId record = random() % 100;
    if (random() % 3 == 0) {
      tier.drop(record);
    } else {
      put(tier, record, random() % 30'000);
    }
    if (i % 7 == 0) tier.progress();
  }
}

}  // namespace

TEST_F(DirectoryTier, IsFoundByTheNextRun) {
  {
    const auto t = tier();
    for (RecordId record = 0; record < 20; ++record) EXPECT_TRUE(put(*t, record, 1000 + record));
    t->drop(3);
    settle(*t, 4);
    t->drop(4);
  }
  const auto t = tier();
  for (RecordId record = 0; record < 20; ++record) EXPECT_EQ(checks(*t, record), record != 3 && record != 4);
  EXPECT_GE(t->used(), 18'000);
  EXPECT_EQ(t->trouble(), "");
}

TEST_F(DirectoryTier, IsEmptiedForAnotherDataSet) {
  {
    const auto t = tier(1);
    EXPECT_TRUE(put(*t, 5, 1000));
  }
  EXPECT_GT(fs::file_size(rank_folder() / "data"), 0u);
  {
    const auto t = tier(2);
    EXPECT_FALSE(t->holds(5));
    EXPECT_EQ(t->used(), 0);
    EXPECT_EQ(fs::file_size(rank_folder() / "data"), 0u);
  }
  EXPECT_FALSE(tier(1)->holds(5));
}

TEST_F(DirectoryTier, SaysThatItCannotBeEmptied) {
  fs::create_directories(rank_folder());
  const int sealed = ::memfd_create("data", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  ASSERT_EQ(::ftruncate(sealed, 4096), 0);
  ASSERT_EQ(::fcntl(sealed, F_ADD_SEALS, F_SEAL_SHRINK), 0);
  fs::create_symlink("/proc/self/fd/" + std::to_string(sealed), rank_folder() / "data");
  EXPECT_EQ(error_of([&] { tier(); }),
            folder_.string() + ": the cache cannot be emptied: Operation not permitted");
  ::close(sealed);
}

TEST_F(DirectoryTier, GetsSmallerFromRunToRun) {
  {
    const auto t = tier();
    for (RecordId record = 0; record < 30; ++record) EXPECT_TRUE(put(*t, record, 30'000));
  }
  const auto t = tier(1, 100'000);
  int held = 0;
  for (RecordId record = 0; record < 30; ++record) {
    EXPECT_EQ(t->holds(record), checks(*t, record));
    held += t->holds(record) ? 1 : 0;
  }
  EXPECT_EQ(held, 3);
  EXPECT_LE(t->used(), 100'000);
  EXPECT_LE(fs::file_size(rank_folder() / "data"), 100'000u);
}

TEST_F(DirectoryTier, SurvivesAKillAtAnyMoment) {
  int recovered = 0;
  for (uint32_t round = 0; round < 12; ++round) {
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      const auto t = tier();
      churn(*t, round, 1 << 30);
      ::_exit(0);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5 + 9 * round));
    ::kill(child, SIGKILL);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status));
    const auto t = tier();
    for (RecordId record = 0; record < 100; ++record) {
      ASSERT_EQ(t->holds(record), checks(*t, record)) << "record " << record << " in round " << round;
      recovered += t->holds(record) ? 1 : 0;
    }
  }
  EXPECT_GT(recovered, 50);
}

TEST_F(DirectoryTier, RecoversOnlyWhatChecksHoweverTheJournalIsCut) {
  churn(*tier(), 1, 60);
  const std::string journal = read_file(rank_folder() / "journal");
  const std::string data = read_file(rank_folder() / "data");
  size_t most = 0;
  for (size_t bytes = 0; bytes <= journal.size(); ++bytes) {
    write_file(rank_folder() / "journal", journal.substr(0, bytes));
    const auto t = tier();
    size_t held = 0;
    for (RecordId record = 0; record < 100; ++record) {
      ASSERT_EQ(t->holds(record), checks(*t, record)) << "record " << record << ", cut at " << bytes;
      held += t->holds(record) ? 1 : 0;
    }
    ASSERT_GE(held, most);  // with the same data, a longer journal knows more
    most = held;
    write_file(rank_folder() / "data", data);
  }
  EXPECT_GT(most, 15u);
}

TEST_F(DirectoryTier, ChecksWhatItFindsWhereTheJournalIsDamaged) {
  std::string journal;
  {
    const auto t = tier();
    for (RecordId record = 0; record < 10; ++record) EXPECT_TRUE(put(*t, record, 5000));
  }
  journal = read_file(rank_folder() / "journal");
  std::string data = read_file(rank_folder() / "data");
  int64_t place = 0;
  {
    const auto t = tier();
    place = t->find(7)->read.offset;
  }
  data[static_cast<size_t>(place + 100)] ^= 1;
  write_file(rank_folder() / "data", data);
  // Not whole: all is read.
  write_file(rank_folder() / "journal", journal.substr(0, journal.size() - 1));
  const auto t = tier();
  EXPECT_FALSE(t->holds(7));
  int held = 0;
  for (RecordId record = 0; record < 10; ++record) held += checks(*t, record) ? 1 : 0;
  EXPECT_GE(held, 8);
}

TEST_F(DirectoryTier, IsForOneLiveRunAndRank) {
  const auto t = tier();
  const auto other_rank = tier(1, kCapacity, 1);
  EXPECT_EQ(error_of([&] { tier(); }),
            rank_folder().string() +
                ": another run that is alive uses this cache; expected a directory of its own "
                "for each run");
}

TEST_F(DirectoryTier, SaysWhereItCannotBe) {
  write_file(folder_ / "file", "");
  const std::string message =
      error_of([&] { make_directory_tier({.directory = folder_ / "file", .bytes = 1000}); });
  EXPECT_EQ(message,
            (folder_ / "file").string() +
                ": this cannot be used as a cache (Not a directory); expected a directory that can be "
                "written");
}

TEST_F(DirectoryTier, SaysWhatStandsInItsPlace) {
  fs::create_directories(rank_folder() / "data");
  EXPECT_EQ(error_of([&] { tier(); }),
            (rank_folder() / "data").string() + ": the cache cannot be used: Is a directory");
  fs::remove_all(rank_folder());
  fs::create_directories(rank_folder() / "journal/not-empty");
  EXPECT_NE(error_of([&] { tier(); }).find(": the cache's journal cannot be written: "), std::string::npos);
}

TEST_F(DirectoryTier, EmptiesItselfWhenTheDirectoryVanishes) {
  const auto t = tier();
  ASSERT_TRUE(put(*t, 1, 1000));
  settle(*t, 1);
  std::ifstream data(rank_folder() / "data", std::ios::binary);
  ASSERT_NE(data.get(), EOF);
  fs::remove_all(rank_folder());
  std::string trouble;
  for (int i = 0; i < 500 && trouble.empty(); ++i) {
    t->progress();
    trouble = t->trouble();
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_EQ(trouble, rank_folder().string() +
                         ": the directory has vanished; this cache is given up, and its records come "
                         "from elsewhere");
  EXPECT_FALSE(t->holds(1));
  EXPECT_FALSE(t->find(1));
  EXPECT_EQ(t->capacity(), 0);
  EXPECT_EQ(t->used(), 0);
  EXPECT_FALSE(put(*t, 2, 10));
  EXPECT_EQ(data.seekg(0, std::ios::end).tellg(), 0) << "a deleted file takes room for as long as it is open";
  t->drop(1);
  t->progress();
  EXPECT_EQ(t->trouble(), "");
}

TEST_F(DirectoryTier, ShrinksToWhatAFullDiskHas) {
  const fs::path small = folder_ / "small";
  fs::create_directory(small);
  if (::mount("none", small.c_str(), "tmpfs", 0, "size=2m") != 0) GTEST_SKIP() << "only root may mount";
  {
    const auto t = make_directory_tier({.directory = small, .bytes = int64_t{8} << 20});
    EXPECT_EQ(t->capacity(), int64_t{8} << 20);
    int held = 0;
    std::string trouble;
    for (RecordId record = 0; record < 100; ++record) {
      held += put(*t, record, 50'000) ? 1 : 0;
      settle(*t, record);
      const std::string said = t->trouble();
      EXPECT_TRUE(said.empty() || trouble.empty()) << said;  // once
      trouble += said;
    }
    EXPECT_NE(trouble.find("the disk takes no more (No space left on device); this cache goes on with 1."),
              std::string::npos)
        << trouble;
    EXPECT_LT(t->capacity(), int64_t{2} << 20);
    EXPECT_GT(t->capacity(), int64_t{1} << 20);
    EXPECT_GT(held, 20);
    for (RecordId record = 0; record < 100; ++record) ASSERT_EQ(t->holds(record), checks(*t, record));
    // Room that is made can be used again.
    t->drop(0);
    EXPECT_TRUE(put(*t, 1000, 50'000));
    settle(*t, 1000);
  }
  {
    // The journal has had its room: the next run finds the cache.
    const auto t = make_directory_tier({.directory = small, .bytes = int64_t{8} << 20});
    EXPECT_TRUE(checks(*t, 1));
    EXPECT_TRUE(checks(*t, 1000));
  }
  // Others have taken that room: the next run is one all the same.
  const std::string rest(3 << 20, 'x');
  write_file(small / "others", rest);
  EXPECT_TRUE(put(*make_directory_tier({.directory = small, .bytes = int64_t{8} << 20}), 1, 50'000));
  EXPECT_EQ(::umount(small.c_str()), 0);
}

TEST_F(DirectoryTier, LeavesNothingOfRunsWithMoreRanks) {
  for (const int rank : {0, 1, 2, 3}) {
    ASSERT_TRUE(put(*tier(1, kCapacity, rank), 1, 5000));
  }
  const auto alive = tier(1, kCapacity, 3);
  write_file(folder_ / "weft-cache-rank-x", "not ours");
  EXPECT_GE(remove_unused_caches(folder_, 1), 2 * 5000);
  EXPECT_TRUE(fs::exists(rank_folder()));
  EXPECT_FALSE(fs::exists(folder_ / "weft-cache-rank-0001"));
  EXPECT_FALSE(fs::exists(folder_ / "weft-cache-rank-0002"));
  EXPECT_TRUE(fs::exists(folder_ / "weft-cache-rank-0003"));
  EXPECT_TRUE(fs::exists(folder_ / "weft-cache-rank-x"));
}

TEST(CacheJournal, LeavesOutWhatNoTierWrote) {
  FreeExtents space(64);
  space.grow(1024);
  const std::vector<LogEntry> entries = {
      kept_entry(1, {0, 100, 11}),
      kept_entry(2, {64, 10, 12}),   // overlaps
      kept_entry(3, {1000, 1, 13}),  // no granule
      kept_entry(4, {960, 65, 14}),  // beyond the end
      kept_entry(5, {128, 64, 15}),
      dropped_entry(5),
      dropped_entry(9),
      kept_entry(6, {128, 64, 16}),
      kept_entry(1, {512, 10, 17}),  // replaces
  };
  const auto held = replay_journal(entries, space);
  EXPECT_EQ(held.size(), 2u);
  EXPECT_EQ(held.at(1), (CachedExtent{512, 10, 17}));
  EXPECT_EQ(held.at(6), (CachedExtent{128, 64, 16}));
  EXPECT_EQ(space.used_bytes(), 128);
}

}  // namespace weft
