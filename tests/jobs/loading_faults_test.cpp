// What becomes of loading when a rank stands still, a cache is deleted, full, damaged, or left by a killed
// run: the batches stay the same.
#include <fmt/format.h>
#include <sys/mount.h>
#include <csignal>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <set>
#include <sstream>

#include "tests/data/decode/image_files.h"
#include "tests/jobs/job.h"
#include "weft/base/byte_size.h"
#include "weft/data/tier/cache_journal.h"

namespace weft::testing {
namespace {

namespace fs = std::filesystem;

constexpr Seconds kStart{60};
constexpr Seconds kEnd{60};
constexpr int64_t kImages = 200;
constexpr int64_t kTraining = 180;           // the others are held out
constexpr int64_t kBatches = kTraining / 8;  // of an epoch

/// A tree of images, and a recipe that loads them with copies nowhere but where a test says.
class LoadingFaults : public JobTest {
 protected:
  LoadingFaults() {
    for (int64_t image = 0; image < kImages; ++image) all_bytes_ += write_image(image, image);
    std::ofstream(folder("images.toml")) << fmt::format(R"([run]
name = "images"
epochs = 1
threads = 1
[model]
kind = "resnet"
depth = 8
width = 4
[data]
kind = "images"
path = "{}"
batch = 8
augment = true
memory = "0"
mean = [0.4, 0.4, 0.4]
deviation = [0.2, 0.2, 0.2]
workers = 1
lookahead = 4
[optimizer]
kind = "sgd"
learning_rate = 0.1
[parallel]
oversubscribe = true
)",
                                                        folder("images").string());
  }

  /// Returns its size in bytes.
  int64_t write_image(int64_t image, int64_t seed) const {
    const fs::path place = folder(fmt::format("images/{}", image % 2 == 0 ? "even" : "odd"));
    fs::create_directories(place);
    const std::vector<std::byte> file = as_png(make_picture(40, 40, static_cast<uint64_t>(seed)));
    std::ofstream(place / fmt::format("{:03}.png", image), std::ios::binary)
        .write(reinterpret_cast<const char*>(file.data()), std::ssize(file));
    return std::ssize(file);
  }

  /// `weft data bench`, whose standard error goes to the file `said`.
  std::string bench(int ranks, const std::string& options) const {
    return fmt::format("data bench {} --no-naive --digest --set parallel.data={} {} 2>{}",
                       folder("images.toml").string(), ranks, options, folder("said").string());
  }
  std::string said() const {
    std::ifstream file(folder("said"));
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }
  std::string cache() const { return cache_in(folder("cache")); }
  static std::string cache_in(const fs::path& directory) {
    return fmt::format(R"(--set 'data.cache=[{{path="{}",size="64MiB"}}]')", directory.string());
  }
  static fs::path rank_folder(const fs::path& directory, int rank) {
    return directory / fmt::format("weft-cache-rank-{:04}", rank);
  }
  /// How many records the next run of two ranks would find.
  static size_t kept(const fs::path& directory) {
    std::set<RecordId> records;
    for (int rank = 0; rank < 2; ++rank) {
      const auto journal = read_record_log(rank_folder(directory, rank) / "journal");
      if (!journal) continue;
      FreeExtents space(64);
      space.grow(64 << 20);
      for (const auto& [record, extent] : replay_journal(journal->entries, space)) records.insert(record);
    }
    return records.size();
  }

  /// Of a run that nothing happens to.
  std::vector<std::string> undisturbed(int ranks, int epochs) const {
    const Outcome outcome = run(ranks, bench(ranks, fmt::format("--epochs {}", epochs)));
    EXPECT_EQ(outcome.code, 0) << outcome.text << said();
    EXPECT_EQ(std::ssize(digests(outcome.text)), epochs * kBatches) << outcome.text;
    return digests(outcome.text);
  }
  static std::vector<std::string> digests(const std::string& text) {
    std::vector<std::string> found;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
      if (line.starts_with("batch ")) found.push_back(line);
    }
    return found;
  }
  static int64_t batches(const Job& job) { return count(job.text(), "batch "); }

  /// Bytes that rank 0 has read from the source, for itself and for others, in each epoch.
  static std::vector<int64_t> source_bytes(const std::string& text) {
    std::vector<int64_t> found;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
      const size_t at = line.find("  source ");
      if (!line.starts_with("  rank 0 read:") || at == std::string::npos) continue;
      std::string size = line.substr(at + std::strlen("  source "));
      while (!size.empty() && std::isspace(static_cast<unsigned char>(size.back()))) size.pop_back();
      found.push_back(ByteSize::parse(size).value().bytes());
    }
    return found;
  }

  int64_t all_bytes_ = 0;
};

TEST_F(LoadingFaults, ARankThatStandsStillIsNotWaitedForByTheFetchesOfOthers) {
  const int epochs = 4;
  const int64_t half = kTraining / 4;  // batches of an epoch, of half the size
  // Together the ranks hold all, and neither does alone: in each epoch they read from each other.
  const std::string options = fmt::format("--epochs {} --set data.batch=4", epochs);
  const std::string sharing = fmt::format("--set data.memory={} --set data.lookahead=3", all_bytes_ * 6 / 10);
  Job job = start(2, bench(2, fmt::format("{} {} --compute 20", options, sharing)));
  // In the second epoch or later, when the stopped rank has copies, and far from the end, where all ranks
  // meet.
  ASSERT_TRUE(wait_until(kStart, [&] {
    return batches(job) > half && batches(job) % half > 0 && batches(job) % half < half / 8;
  })) << job.text();
  const std::optional<pid_t> other = job.rank(1);
  ASSERT_TRUE(other);
  kill(*other, SIGSTOP);
  // If every third batch waited anew for that rank, this would take more than a minute.
  const int64_t end = (batches(job) / half + 1) * half;
  const bool went_on = wait_until(Seconds(45), [&] { return batches(job) == end; });
  kill(*other, SIGCONT);
  EXPECT_TRUE(went_on) << job.text();
  const std::optional<Outcome> outcome = job.wait(kEnd);
  ASSERT_TRUE(outcome) << job.text();
  EXPECT_EQ(outcome->code, 0) << said();
  EXPECT_EQ(digests(outcome->text), digests(run(2, bench(2, options)).text));
}

TEST_F(LoadingFaults, ACacheThatIsDeletedIsGivenUpAndTheRunSaysSoOnce) {
  const int epochs = 20;
  // 4.4 s at least; ranks look after their folders once a second.
  Job job = start(2, bench(2, fmt::format("--epochs {} --compute 10 {}", epochs, cache())));
  ASSERT_TRUE(wait_until(kStart, [&] { return batches(job) > kBatches; })) << job.text();
  fs::remove_all(folder("cache"));
  const std::optional<Outcome> outcome = job.wait(kEnd);
  ASSERT_TRUE(outcome) << job.text();
  EXPECT_EQ(outcome->code, 0) << said();
  for (int rank = 0; rank < 2; ++rank) {
    EXPECT_EQ(count(said(), fmt::format("{}: the directory has vanished; this cache is given up, and its "
                                        "records come from elsewhere\n",
                                        rank_folder(folder("cache"), rank).string())),
              1)
        << said();
  }
  EXPECT_EQ(count(said(), "\n"), 2) << said();
  EXPECT_GE(source_bytes(outcome->text).back(), all_bytes_ / 4) << outcome->text;
  EXPECT_EQ(digests(outcome->text), undisturbed(2, epochs));
}

TEST_F(LoadingFaults, ACacheOnAFullDiskShrinksAndTheNextRunUsesIt) {
  const fs::path disk = folder("disk");
  fs::create_directories(disk);
  if (mount("tmpfs", disk.c_str(), "tmpfs", 0, "size=448k") != 0) {
    GTEST_SKIP() << "mounting a tmpfs is not permitted here: " << std::strerror(errno);
  }
  const int epochs = 3;
  const Outcome first = run(2, bench(2, fmt::format("--epochs {} --compute 5 {}", epochs, cache_in(disk))));
  const std::string first_said = said();
  const size_t first_kept = kept(disk);
  const Outcome next = run(2, bench(2, fmt::format("--epochs {} --compute 5 {}", epochs, cache_in(disk))));
  const std::string next_said = said();
  const size_t next_kept = kept(disk);
  umount2(disk.c_str(), MNT_DETACH);
  const std::vector<std::string> expected = undisturbed(2, epochs);
  ASSERT_EQ(first.code, 0) << first_said;
  EXPECT_EQ(count(first_said, ": the disk takes no more (No space left on device); this cache goes on with "),
            2)
      << first_said;
  EXPECT_EQ(count(first_said, "\n"), 2) << first_said;
  EXPECT_EQ(digests(first.text), expected);
  EXPECT_GT(source_bytes(first.text).back(), 0) << "not all fits";
  EXPECT_GT(first_kept, 20U);
  ASSERT_EQ(next.code, 0) << next_said;
  EXPECT_EQ(digests(next.text), expected);
  EXPECT_GE(next_kept, first_kept);
  EXPECT_LT(source_bytes(next.text).front(), source_bytes(first.text).front()) << next.text;
}

/// Names in a folder.
std::set<std::string> names_in(const fs::path& folder) {
  std::set<std::string> names;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    names.insert(entry.path().filename().string());
  }
  return names;
}

TEST_F(LoadingFaults, AKilledJobLeavesNothingButItsCacheWhichTheNextRunUses) {
  // Open MPI's own files, which a killed launcher cannot remove, go where the test removes them.
  for (const char* name : {"shm", "tmp"}) fs::create_directories(folder(name));
  setenv("OMPI_MCA_btl_vader_backing_directory", folder("shm").c_str(), 1);
  setenv("TMPDIR", folder("tmp").c_str(), 1);
  const std::set<std::string> shared_before = names_in("/dev/shm");
  Job job = start(2, bench(2, fmt::format("--epochs 1000 --compute 10 {}", cache())));
  unsetenv("OMPI_MCA_btl_vader_backing_directory");
  unsetenv("TMPDIR");
  // The journals reach the files once a second.
  ASSERT_TRUE(wait_until(kStart, [&] {
    return batches(job) > 3 * kBatches && kept(folder("cache")) == kTraining;
  })) << job.text();
  const std::optional<pid_t> ranks[] = {job.rank(0), job.rank(1)};
  ASSERT_TRUE(ranks[0] && ranks[1]);
  for (const pid_t pid : {job.pid(), *ranks[0], *ranks[1]}) kill(pid, SIGKILL);
  ASSERT_TRUE(job.wait(kEnd));
  for (const std::string& name : names_in("/dev/shm")) {
    // Other jobs of this machine may have begun meanwhile, with segments of Open MPI there.
    EXPECT_TRUE(shared_before.contains(name) || name.starts_with("vader_segment.")) << name;
  }
  for (const std::string& name : names_in(folder("shm"))) {
    EXPECT_TRUE(name.starts_with("vader_segment.")) << name;
  }
  for (const std::string& name : names_in(folder("tmp"))) EXPECT_TRUE(name.starts_with("ompi.")) << name;

  const int epochs = 2;
  const Outcome next = run(2, bench(2, fmt::format("--epochs {} --compute 10 {}", epochs, cache())));
  EXPECT_EQ(next.code, 0) << said();
  EXPECT_EQ(said(), "");
  EXPECT_EQ(digests(next.text), undisturbed(2, epochs));
  // A rank that has no time to wait for its peer may read a few.
  for (const int64_t bytes : source_bytes(next.text)) EXPECT_LT(bytes, all_bytes_ / 20) << next.text;
}

TEST_F(LoadingFaults, AByteThatFlipsInACopyIsNoticedAndTheSourceRead) {
  const int epochs = 2;
  const std::string command = bench(1, fmt::format("--epochs {} {}", epochs, cache()));
  // What the disk was too slow for is not kept, and would be read from the source as well.
  for (int attempt = 0; attempt < 3 && kept(folder("cache")) < kTraining; ++attempt) {
    ASSERT_EQ(run(1, command).code, 0) << said();
  }
  ASSERT_EQ(kept(folder("cache")), kTraining);
  {
    std::fstream file(rank_folder(folder("cache"), 0) / "data",
                      std::ios::binary | std::ios::in | std::ios::out);
    file.seekg(500);
    const int byte = file.get();
    file.seekp(500);
    file.put(static_cast<char>(byte ^ 1));
    ASSERT_TRUE(file.good());
  }
  const std::vector<std::string> expected = undisturbed(1, epochs);
  const Outcome next = run(1, command);
  EXPECT_EQ(next.code, 0) << said();
  EXPECT_EQ(digests(next.text), expected);
  // One image, in the epoch that first uses it.
  const std::vector<int64_t> bytes = source_bytes(next.text);
  ASSERT_EQ(bytes.size(), 2U) << next.text;
  EXPECT_GT(bytes[0] + bytes[1], all_bytes_ / kImages / 2) << next.text;
  EXPECT_LT(bytes[0] + bytes[1], all_bytes_ / kImages * 2) << next.text;
  const Outcome healed = run(1, command);
  EXPECT_EQ(digests(healed.text), expected);
  EXPECT_EQ(source_bytes(healed.text), (std::vector<int64_t>{0, 0})) << healed.text;
}

TEST_F(LoadingFaults, ACacheOfImagesThatHaveChangedSinceIsNotUsed) {
  const std::string command = bench(1, "--epochs 1 " + cache());
  const Outcome before = run(1, command);
  ASSERT_EQ(before.code, 0) << said();
  // Some of them are training images, and none of those is the first, the middle or the last.
  for (int64_t image = 10; image < 30; image += 2) write_image(image, kImages + image);
  const std::vector<std::string> expected = undisturbed(1, 1);
  ASSERT_NE(expected, digests(before.text));
  const Outcome next = run(1, command);
  EXPECT_EQ(next.code, 0) << said();
  EXPECT_EQ(digests(next.text), expected);
}

}  // namespace
}  // namespace weft::testing
