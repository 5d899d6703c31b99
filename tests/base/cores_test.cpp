#include "weft/base/cores.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

namespace weft {
namespace {

namespace fs = std::filesystem;

/// A machine's control groups, as files.
class Groups {
 public:
  Groups() { fs::create_directories(root_); }
  ~Groups() { fs::remove_all(root_); }
  Groups(const Groups&) = delete;
  Groups& operator=(const Groups&) = delete;
  void write(const std::string& path, const std::string& text) const {
    fs::create_directories((root_ / path).parent_path());
    std::ofstream(root_ / path) << text;
  }
  std::optional<double> quota() const { return core_quota_under(root_); }

 private:
  fs::path root_ = fs::temp_directory_path() / fmt::format("weft-groups-{}", getpid());
};

TEST(Cores, TheQuotaOfControlGroupsCounts) {
  const Groups machine;
  EXPECT_FALSE(machine.quota().has_value());
  machine.write("proc/self/cgroup", "0::/system/job\n");
  machine.write("sys/fs/cgroup/cpu.max", "max 100000\n");
  EXPECT_FALSE(machine.quota().has_value());
  machine.write("sys/fs/cgroup/system/cpu.max", "400000 100000\n");
  EXPECT_EQ(machine.quota(), 4);
  machine.write("sys/fs/cgroup/system/job/cpu.max", "150000 100000\n");
  EXPECT_EQ(machine.quota(), 1.5);
}

TEST(Cores, TheQuotaOfTheFirstVersionToo) {
  const Groups machine;
  machine.write("proc/self/cgroup", "4:cpu,cpuacct:/docker/abc\n3:memory:/docker/abc\n");
  machine.write("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "-1\n");
  machine.write("sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n");
  EXPECT_FALSE(machine.quota().has_value());
  machine.write("sys/fs/cgroup/cpu,cpuacct/docker/abc/cpu.cfs_quota_us", "200000\n");
  machine.write("sys/fs/cgroup/cpu,cpuacct/docker/abc/cpu.cfs_period_us", "100000\n");
  EXPECT_EQ(machine.quota(), 2);
}

TEST(Cores, WhatSlurmHasGivenTheJobCounts) {
  setenv("SLURM_CPUS_ON_NODE", "1", 1);
  EXPECT_EQ(available_cores(), 1);
  setenv("SLURM_CPUS_ON_NODE", "4(x2)", 1);
  const int all = available_cores();
  unsetenv("SLURM_CPUS_ON_NODE");
  EXPECT_EQ(available_cores(), all);
}

/// What another process that claims one of these gets; -1: none.
int claimed_by_another(const std::vector<int>& cores) {
  const pid_t child = fork();
  if (child == 0) {
    const std::vector<int> got = claim_cores(cores, 1);
    _exit(got.empty() ? 255 : got[0]);
  }
  int status = 0;
  waitpid(child, &status, 0);
  const int code = WEXITSTATUS(status);
  return code == 255 ? -1 : code;
}

TEST(Cores, TwoProcessesClaimDifferentOnes) {
  // Cores that no machine of a test has, so that no job is in the way.
  const std::vector<int> cores{240, 241, 242};
  EXPECT_EQ(claimed_by_another(cores), 240);
  EXPECT_EQ(claimed_by_another(cores), 240) << "claims end with their process";
  EXPECT_EQ(claim_cores(cores, 2), (std::vector<int>{240, 241}));
  EXPECT_EQ(claim_cores(cores, 2), (std::vector<int>{240, 241})) << "again, by the same process";
  EXPECT_TRUE(claim_cores(std::vector<int>{}, 1).empty());
}

TEST(Cores, AClaimThatCannotBeHadWholeTakesNothing) {
  int told[2];
  int ends[2];
  ASSERT_EQ(pipe(told), 0);
  ASSERT_EQ(pipe(ends), 0);
  const pid_t child = fork();
  if (child == 0) {
    const char got = claim_cores(std::vector<int>{243}, 1).empty() ? 'n' : 'y';
    char end = 0;
    const bool fine = write(told[1], &got, 1) == 1 && read(ends[0], &end, 1) == 1;
    _exit(fine ? 0 : 1);
  }
  char got = 0;
  ASSERT_EQ(read(told[0], &got, 1), 1);
  EXPECT_EQ(got, 'y');
  const std::vector<int> cores{243, 244};
  EXPECT_TRUE(claim_cores(cores, 2).empty());
  EXPECT_EQ(claimed_by_another({244}), 244) << "nothing was kept";
  EXPECT_EQ(claim_cores(cores, 1), (std::vector<int>{244}));
  ASSERT_EQ(write(ends[1], &got, 1), 1);
  waitpid(child, nullptr, 0);
}

}  // namespace
}  // namespace weft
