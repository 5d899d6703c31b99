#include "weft/base/cores.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>
#include <string>

#include "weft/base/control_groups.h"
#include "weft/base/environment.h"

namespace weft {

namespace {

namespace fs = std::filesystem;

/// Of cpu.max, "200000 100000" or "max 100000"; or of the two files of version 1, -1 being no limit.
std::optional<double> quota_of(const fs::path& group, GroupVersion version) {
  double quota = -1;
  double period = 0;
  if (version == GroupVersion::two) {
    std::ifstream file(group / "cpu.max");
    if (!(file >> quota >> period)) return std::nullopt;
  } else {
    std::ifstream quota_file(group / "cpu.cfs_quota_us");
    std::ifstream period_file(group / "cpu.cfs_period_us");
    if (!(quota_file >> quota) || !(period_file >> period)) return std::nullopt;
  }
  if (quota <= 0 || period <= 0) return std::nullopt;
  return quota / period;
}

/// The lock's file; -1 where it cannot be opened.
int open_claim(int core) {
  const fs::path folder = fs::exists("/dev/shm") ? "/dev/shm" : "/tmp";
  const std::string path = (folder / fmt::format("weft-core-{}", core)).string();
  // Another user's file may be opened in a sticky folder, but not with O_CREAT.
  const int there = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (there >= 0) return there;
  const int made = open(path.c_str(), O_RDONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
  if (made >= 0) fchmod(made, 0644);
  return made;
}

/// The locks of this process, by core.
std::map<int, int>& claims() {
  static std::map<int, int> held;
  return held;
}

}  // namespace

const std::vector<int>& cores_of_process() {
  static const std::vector<int> kCores = [] {
    cpu_set_t set;
    CPU_ZERO(&set);
    if (sched_getaffinity(0, sizeof(set), &set) != 0) CPU_SET(0, &set);
    std::vector<int> cores;
    for (int core = 0; core < CPU_SETSIZE; ++core) {
      if (CPU_ISSET(core, &set)) cores.push_back(core);
    }
    return cores;
  }();
  return kCores;
}

std::optional<double> core_quota_under(const fs::path& root) {
  std::optional<double> least;
  each_control_group(root, "cpu", [&](const fs::path& group, GroupVersion version) {
    const std::optional<double> quota = quota_of(group, version);
    if (quota) least = std::min(least.value_or(*quota), *quota);
  });
  return least;
}

int available_cores() {
  auto cores = static_cast<int>(cores_of_process().size());
  if (const auto quota = core_quota_under("/")) cores = std::min(cores, static_cast<int>(std::ceil(*quota)));
  if (const auto of_job = number_in_environment("SLURM_CPUS_ON_NODE"))
    cores = static_cast<int>(std::min<int64_t>(cores, *of_job));
  return std::max(1, cores);
}

std::vector<int> claim_cores(std::span<const int> cores, int count) {
  std::vector<int> taken;
  std::map<int, int> fresh;
  for (const int core : cores) {
    if (std::ssize(taken) == count) break;
    if (!claims().contains(core)) {
      const int descriptor = open_claim(core);
      if (descriptor < 0) continue;
      if (flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
        close(descriptor);
        continue;
      }
      fresh.emplace(core, descriptor);
    }
    taken.push_back(core);
  }
  if (std::ssize(taken) < count) {
    for (const auto& [core, descriptor] : fresh) close(descriptor);
    return {};
  }
  claims().merge(fresh);
  return taken;
}

}  // namespace weft
