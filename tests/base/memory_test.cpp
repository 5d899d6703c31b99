// Memory that is left, as files below a made-up root tell it; and pages that lie in memory.
#include "weft/base/memory.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <fstream>
#include <limits>

namespace weft {
namespace {

namespace fs = std::filesystem;

class Memory : public testing::Test {
 protected:
  Memory() : root_(fs::path(testing::TempDir()) / ("weft-memory-" + std::to_string(getpid()))) {
    fs::create_directories(root_);
  }
  ~Memory() override { fs::remove_all(root_); }

  void write(const std::string& path, const std::string& text) const {
    fs::create_directories((root_ / path).parent_path());
    std::ofstream(root_ / path) << text;
  }
  void write_meminfo(int64_t available_kib) const {
    write("proc/meminfo",
          "MemTotal:       1000000 kB\nMemAvailable:   " + std::to_string(available_kib) + " kB\n");
  }
  int64_t available() const { return available_memory_under(root_); }

  fs::path root_;
};

TEST_F(Memory, WithoutAGroupIsWhatTheMachineHasLeft) {
  write_meminfo(5000);
  EXPECT_EQ(available(), 5000 * 1024);
  write("proc/self/cgroup", "0::/\n");
  EXPECT_EQ(available(), 5000 * 1024);
}

TEST_F(Memory, NothingToldIsNoLimit) { EXPECT_EQ(available(), std::numeric_limits<int64_t>::max()); }

TEST_F(Memory, AGroupOfVersion2LimitsIt) {
  write_meminfo(5000);
  write("proc/self/cgroup", "0::/job\n");
  write("sys/fs/cgroup/job/memory.max", "1000000\n");
  write("sys/fs/cgroup/job/memory.current", "400000\n");
  EXPECT_EQ(available(), 600000);
  // Pages of files give way.
  write("sys/fs/cgroup/job/memory.stat", "anon 100000\ninactive_file 200000\nactive_file 50000\n");
  EXPECT_EQ(available(), 850000);
  write("sys/fs/cgroup/job/memory.max", "max\n");
  EXPECT_EQ(available(), 5000 * 1024);
  // Below what the group uses already: nothing, and not less.
  write("sys/fs/cgroup/job/memory.max", "1000\n");
  write("sys/fs/cgroup/job/memory.stat", "inactive_file 0\n");
  EXPECT_EQ(available(), 0);
}

TEST_F(Memory, TheTightestOfNestedGroupsCounts) {
  write_meminfo(5000);
  write("proc/self/cgroup", "0::/user/job/step\n");
  write("sys/fs/cgroup/user/memory.max", "3000000\n");
  write("sys/fs/cgroup/user/memory.current", "2900000\n");
  write("sys/fs/cgroup/user/job/memory.max", "max\n");
  write("sys/fs/cgroup/user/job/memory.current", "500000\n");
  write("sys/fs/cgroup/user/job/step/memory.max", "1000000\n");
  write("sys/fs/cgroup/user/job/step/memory.current", "500000\n");
  EXPECT_EQ(available(), 100000) << "a neighbour has taken most of what the outer group may";
  write("sys/fs/cgroup/user/memory.current", "1000000\n");
  EXPECT_EQ(available(), 500000);
}

TEST_F(Memory, InsideAContainerTheMountIsTheGroup) {
  write_meminfo(5000);
  write("proc/self/cgroup", "0::/docker/0123abcd\n");  // a path of the host, of which nothing is seen here
  write("sys/fs/cgroup/memory.max", "700000\n");
  write("sys/fs/cgroup/memory.current", "100000\n");
  EXPECT_EQ(available(), 600000);
}

TEST_F(Memory, AGroupOfVersion1LimitsIt) {
  write_meminfo(5000);
  write("proc/self/cgroup", "5:cpu,cpuacct:/cpu\n4:memory:/outer/job\n1:name=systemd:/\n0::/\n");
  write("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
  write("sys/fs/cgroup/memory/memory.usage_in_bytes", "4000000\n");
  EXPECT_EQ(available(), 5000 * 1024);
  write("sys/fs/cgroup/memory/outer/job/memory.limit_in_bytes", "900000\n");
  write("sys/fs/cgroup/memory/outer/job/memory.usage_in_bytes", "300000\n");
  write("sys/fs/cgroup/memory/outer/job/memory.stat", "inactive_file 1\ntotal_inactive_file 100000\n");
  EXPECT_EQ(available(), 700000);
  write("sys/fs/cgroup/memory/outer/memory.limit_in_bytes", "800000\n");
  write("sys/fs/cgroup/memory/outer/memory.usage_in_bytes", "350000\n");
  EXPECT_EQ(available(), 450000);
}

TEST_F(Memory, OfThisProcessIsSomething) {
  EXPECT_GT(available_memory(), 0);
  EXPECT_GT(resident_bytes_of_process(), 1 << 20);
}

TEST(Resident, CountsPagesThatWereTouched) {
  const int64_t page = sysconf(_SC_PAGESIZE);
  const int64_t bytes = 10000 * page;
  void* memory =
      mmap(nullptr, static_cast<size_t>(bytes), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(memory, MAP_FAILED);
  // Else one touch may bring 512 pages.
  madvise(memory, static_cast<size_t>(bytes), MADV_NOHUGEPAGE);
  auto* data = static_cast<std::byte*>(memory);
  EXPECT_EQ(resident_bytes(data, bytes), 0);
  for (int64_t i = 0; i < 5000; ++i) data[2 * i * page] = std::byte{1};
  EXPECT_EQ(resident_bytes(data, bytes), 5000 * page);
  EXPECT_EQ(resident_bytes(data, 1), page) << "whole pages";
  EXPECT_EQ(resident_bytes(data, 0), 0);
  munmap(memory, static_cast<size_t>(bytes));
}

}  // namespace
}  // namespace weft
