// Of data/read/uring_reader.h, data/read/thread_reader.cpp, data/read/task_course.h: both readers, by the
// same cases.
#include "weft/data/read/async_reader.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <random>
#include <thread>

#include "weft/data/read/open_file.h"
#include "weft/data/read/uring_reader.h"

namespace weft {

namespace {

namespace fs = std::filesystem;

struct Kind {
  std::string name;
  std::function<std::unique_ptr<AsyncReader>(int depth)> make;
};

void PrintTo(const Kind& kind, std::ostream* out) { *out << kind.name; }

std::vector<Kind> kinds() {
  return {{"io_uring", make_uring_reader},
          {"threads", [](int depth) { return make_thread_reader(depth, 0); }}};
}

std::string kind_name(const testing::TestParamInfo<Kind>& info) { return info.param.name; }

class Readers : public testing::TestWithParam<Kind> {
 protected:
  void SetUp() override {
    std::string pattern = fs::temp_directory_path() / "weft-read-XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
    if (!GetParam().make(1)) GTEST_SKIP() << "this kernel refuses io_uring, or Weft was built without it";
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::string file(const std::string& name, int64_t bytes, uint32_t seed) {
    std::mt19937 random(seed);
    std::string content(static_cast<size_t>(bytes), '\0');
    for (char& c : content) c = static_cast<char>(random());
    std::ofstream(folder_ / name, std::ios::binary) << content;
    contents_[folder_ / name] = content;
    return folder_ / name;
  }

  std::unique_ptr<AsyncReader> reader(int depth) { return GetParam().make(depth); }

  fs::path folder_;
  std::map<std::string, std::string> contents_;
};

std::vector<ReadResult> collect_all(AsyncReader& reader) {
  std::vector<ReadResult> done;
  while (reader.pending() > 0) reader.collect(done, 10'000);
  std::sort(done.begin(), done.end(), [](const ReadResult& a, const ReadResult& b) { return a.id < b.id; });
  return done;
}

ReadResult read_one(AsyncReader& reader, const ReadTask& task) {
  reader.submit(task);
  const std::vector<ReadResult> done = collect_all(reader);
  EXPECT_EQ(done.size(), 1u);
  return done.at(0);
}

struct Descriptor {
  explicit Descriptor(const std::string& path, int flags = O_RDONLY)
      : number(::open(path.c_str(), flags, 0600)) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { ::close(number); }
  int number;
};

}  // namespace

TEST_P(Readers, EqualsPreadOnRandomExtents) {
  std::vector<std::string> paths;
  for (const int64_t bytes : {0, 1, 4095, 4096, 4097, 100'000, 3'000'001}) {
    paths.push_back(file("f" + std::to_string(bytes), bytes, 7));
  }
  // Far more tasks than depth, some beyond the end of their file.
  constexpr int kTasks = 4000;
  std::mt19937_64 random(1);
  std::vector<ReadTask> tasks;
  std::vector<std::vector<std::byte>> memory;
  const Descriptor open_file(paths.back());
  const auto read = reader(13);
  for (int i = 0; i < kTasks; ++i) {
    const std::string& path = paths[random() % paths.size()];
    const auto size = static_cast<int64_t>(contents_[path].size());
    ReadTask task;
    task.id = static_cast<uint64_t>(i);
    task.path = path.c_str();
    task.offset = static_cast<int64_t>(random() % static_cast<uint64_t>(size + 100));
    task.bytes = static_cast<int64_t>(random() % (i % 50 == 0 ? 2'500'000 : 9000));
    task.direct = i % 2 == 1;
    if (i % 5 == 0 && !task.direct && path == paths.back()) {
      task.path = nullptr;
      task.file = open_file.number;
    }
    // One byte more, to see that nothing is written beyond the end.
    memory.emplace_back(static_cast<size_t>(task.bytes + 1), std::byte{0x5a});
    task.into = memory.back().data();
    tasks.push_back(task);
    read->submit(task);
  }
  EXPECT_EQ(read->pending(), kTasks);
  const std::vector<ReadResult> done = collect_all(*read);
  ASSERT_EQ(done.size(), static_cast<size_t>(kTasks));
  for (int i = 0; i < kTasks; ++i) {
    const ReadTask& task = tasks[i];
    const std::string& content = contents_[task.path == nullptr ? paths.back() : task.path];
    const auto size = static_cast<int64_t>(content.size());
    const int64_t expected = std::clamp<int64_t>(size - task.offset, 0, task.bytes);
    ASSERT_EQ(done[i].id, static_cast<uint64_t>(i));
    ASSERT_EQ(done[i].error, 0) << std::strerror(done[i].error);
    ASSERT_EQ(done[i].bytes, expected) << "task " << i;
    ASSERT_GT(done[i].ms, 0);
    if (expected > 0) {
      ASSERT_EQ(std::memcmp(task.into, content.data() + task.offset, static_cast<size_t>(expected)), 0);
    }
    for (int64_t at = expected; at <= task.bytes; ++at) ASSERT_EQ(task.into[at], std::byte{0x5a});
  }
}

TEST_P(Readers, ReportsWhatIsWrong) {
  const auto read = reader(4);
  std::vector<std::byte> memory(100);
  const std::string short_file = file("short", 60, 3);
  const std::string missing = folder_ / "missing";
  const std::string directory = folder_;
  const std::string below_file = short_file + "/below";
  ReadTask task{.id = 9, .path = missing.c_str(), .bytes = 100, .into = memory.data()};
  EXPECT_EQ(read_one(*read, task).error, ENOENT);
  task.path = directory.c_str();
  EXPECT_EQ(read_one(*read, task).error, EISDIR);
  task.path = below_file.c_str();
  EXPECT_EQ(read_one(*read, task).error, ENOTDIR);
  task.path = short_file.c_str();
  task.offset = 50;
  const ReadResult cut = read_one(*read, task);
  EXPECT_EQ(cut.error, 0);
  EXPECT_EQ(cut.bytes, 10);
  EXPECT_EQ(cut.id, 9u);
  task.path = nullptr;
  task.file = -1;
  EXPECT_EQ(read_one(*read, task).error, EBADF);
  // The reader still works.
  task.path = short_file.c_str();
  task.offset = 0;
  EXPECT_EQ(read_one(*read, task).bytes, 60);
}

TEST_P(Readers, ReportsForbiddenFiles) {
  const std::string path = file("forbidden", 10, 3);
  fs::permissions(path, fs::perms::none);
  fs::permissions(folder_, fs::perms::all);
  std::vector<std::byte> memory(10);
  const auto read = reader(4);
  // Root may read everything; for a moment this is somebody else.
  constexpr uid_t kNobody = 65534;
  const bool root = ::geteuid() == 0;
  if (root) {
    ASSERT_EQ(::seteuid(kNobody), 0);
  }
  const ReadResult result = read_one(*read, {.path = path.c_str(), .bytes = 10, .into = memory.data()});
  if (root) {
    ASSERT_EQ(::seteuid(0), 0);
  }
  EXPECT_EQ(result.error, EACCES);
}

TEST_P(Readers, OpensForEmptyReads) {
  const auto read = reader(2);
  const std::string missing = folder_ / "missing";
  const std::string there = file("there", 5, 1);
  EXPECT_EQ(read_one(*read, {.path = missing.c_str()}).error, ENOENT);
  EXPECT_EQ(read_one(*read, {.path = there.c_str()}).error, 0);
}

TEST_P(Readers, LeavesNoFileOpen) {
  const auto open_files = [] {
    return std::distance(fs::directory_iterator("/proc/self/fd"), fs::directory_iterator());
  };
  const auto read = reader(8);
  const std::string path = file("f", 5000, 1);
  const std::string directory = folder_;
  const auto before = open_files();
  std::vector<std::byte> memory(5000 * 100);
  for (int i = 0; i < 100; ++i) {
    read->submit({.path = (i % 3 == 0 ? directory : path).c_str(),
                  .bytes = 5000,
                  .into = memory.data() + i * 5000,
                  .direct = i % 2 == 0});
  }
  collect_all(*read);
  EXPECT_EQ(open_files(), before);
}

TEST_P(Readers, WaitsForADescriptorThatOthersGiveBack) {
#ifdef WEFT_SANITIZED
  GTEST_SKIP() << "UBSan takes a descriptor to look whether an object's table of functions can be read";
#endif
  const std::string path = file("a", 4, 1);
  std::vector<OpenFile> others;
  const auto reader = GetParam().make(1);
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  const rlimit low{40, limit.rlim_max};
  ::setrlimit(RLIMIT_NOFILE, &low);
  const auto take_one = [&] {
    return others.emplace_back(::open("/dev/null", O_RDONLY | O_CLOEXEC)).number() >= 0;
  };
  while (take_one()) {
  }
  std::thread other([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    others.clear();
  });
  std::array<std::byte, 4> bytes{};
  ReadTask task;
  task.path = path.c_str();
  task.bytes = 4;
  task.into = bytes.data();
  reader->submit(task);
  std::vector<ReadResult> done;
  while (done.empty()) reader->collect(done, 1000);
  other.join();
  ::setrlimit(RLIMIT_NOFILE, &limit);
  EXPECT_EQ(done[0].error, 0);
  EXPECT_EQ(done[0].bytes, 4);
}

TEST_P(Readers, Writes) {
  const std::string path = folder_ / "written";
  std::vector<std::byte> memory(300'000);
  for (size_t i = 0; i < memory.size(); ++i) memory[i] = static_cast<std::byte>(i * 7);
  {
    const Descriptor out(path, O_RDWR | O_CREAT);
    const auto read = reader(3);
    for (int i = 0; i < 30; ++i) {
      const int at = (i * 7 % 30) * 10'000;
      read->submit({.id = static_cast<uint64_t>(i),
                    .file = out.number,
                    .offset = at,
                    .bytes = 10'000,
                    .into = memory.data() + at,
                    .write = true});
    }
    for (const ReadResult& result : collect_all(*read)) {
      EXPECT_EQ(result.error, 0);
      EXPECT_EQ(result.bytes, 10'000);
    }
    const Descriptor read_only(path);
    EXPECT_EQ(
        read_one(*read, {.file = read_only.number, .bytes = 1, .into = memory.data(), .write = true}).error,
        EBADF);
  }
  std::ifstream in(path, std::ios::binary);
  const std::string content((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  ASSERT_EQ(content.size(), memory.size());
  EXPECT_EQ(std::memcmp(content.data(), memory.data(), memory.size()), 0);
}

TEST_P(Readers, CollectWaitsNoLongerThanAsked) {
  const auto read = reader(2);
  std::vector<ReadResult> done;
  read->collect(done, 1e9);  // nothing pending: returns
  EXPECT_TRUE(done.empty());
}

// A FIFO without a writer is a file system that never answers: open waits for ever.
TEST_P(Readers, EndsAlthoughAFileNeverAnswers) {
  const std::string silent = folder_ / "fifo";
  ASSERT_EQ(::mkfifo(silent.c_str(), 0600), 0);
  const std::string path = file("f", 10, 1);
  // Static: a reader that gave up may still use it.
  static std::vector<std::byte> memory(10);
  static std::string stays;
  stays = silent;
  auto read = reader(1);
  for (int i = 0; i < 5; ++i) read->submit({.path = stays.c_str(), .bytes = 10, .into = memory.data()});
  std::vector<ReadResult> done;
  read->collect(done, 20);
  EXPECT_TRUE(done.empty());
  EXPECT_EQ(read->pending(), 5);
  const bool free = read->stop(50);
  EXPECT_EQ(read->pending(), 0);
  if (free) {
    EXPECT_EQ(read_one(*read, {.path = path.c_str(), .bytes = 10, .into = memory.data()}).bytes, 10);
  } else {
    // Lets the thread go, so that the destructor need not wait its 10 s.
    const Descriptor writer(silent, O_WRONLY | O_NONBLOCK);
    EXPECT_TRUE(read->stop(5000));
  }
  read.reset();
}

TEST_P(Readers, StopsInTheMiddle) {
  constexpr int64_t kBytes = 200'000;
  constexpr int kTasks = 200;
  const std::string path = file("f", kBytes, 1);
  std::vector<std::byte> memory(kBytes * kTasks);
  for (int round = 0; round < 20; ++round) {
    auto read = reader(5);
    for (int i = 0; i < kTasks; ++i) {
      read->submit(
          {.path = path.c_str(), .bytes = kBytes, .into = memory.data() + i * kBytes, .direct = i % 2 == 0});
    }
    std::vector<ReadResult> done;
    if (round % 2 == 0) read->collect(done, 1);
    if (round % 3 == 0) {
      EXPECT_TRUE(read->stop(10'000));
      EXPECT_EQ(read_one(*read, {.path = path.c_str(), .bytes = 100, .into = memory.data()}).bytes, 100);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(AsyncReader, Readers, testing::ValuesIn(kinds()), kind_name);

TEST(AsyncReader, TakesTheThreadsWhereIoUringIsRefused) {
  const bool has_ring = make_uring_reader(4) != nullptr;
  EXPECT_EQ(make_async_reader(4)->name(), has_ring ? "io_uring" : "threads");
  EXPECT_EQ(make_thread_reader(100, 3)->depth(), 3);
  EXPECT_EQ(make_thread_reader(2, 9)->depth(), 2);
  EXPECT_EQ(make_thread_reader(1000, 0)->depth(), 64);
}

}  // namespace weft
