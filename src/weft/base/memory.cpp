#include "weft/base/memory.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <limits>
#include <optional>
#include <sstream>
#include <string>

#include "weft/base/check.h"
#include "weft/base/control_groups.h"

namespace weft {

namespace {

namespace fs = std::filesystem;

constexpr int64_t kEndless = std::numeric_limits<int64_t>::max();

/// The file's number; none where there is no file, or it says "max".
std::optional<int64_t> number_in(const fs::path& path) {
  std::ifstream file(path);
  int64_t value = 0;
  if (file >> value) return value;
  return std::nullopt;
}

/// The number after `key` in a file of lines "key number".
std::optional<int64_t> number_after(const fs::path& path, const std::string& key) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    std::istringstream fields(line);
    std::string name;
    int64_t value = 0;
    if (fields >> name >> value && name == key) return value;
  }
  return std::nullopt;
}

/// How a version of control groups names its files.
struct GroupFiles {
  const char* limit;
  const char* used;
  std::array<const char*, 2> cache;  ///< keys of memory.stat: pages of files, which give way
};
constexpr GroupFiles kVersion2{"memory.max", "memory.current", {"inactive_file", "active_file"}};
constexpr GroupFiles kVersion1{
    "memory.limit_in_bytes", "memory.usage_in_bytes", {"total_inactive_file", "total_active_file"}};

/// What one group still grants.
int64_t left_in(const fs::path& group, const GroupFiles& files) {
  const std::optional<int64_t> limit = number_in(group / files.limit);
  const std::optional<int64_t> used = number_in(group / files.used);
  if (!limit || !used) return kEndless;
  int64_t cache = 0;
  for (const char* key : files.cache) cache += number_after(group / "memory.stat", key).value_or(0);
  return std::max<int64_t>(0, *limit - *used + std::min(cache, *used));
}

}  // namespace

int64_t available_memory_under(const fs::path& root) {
  int64_t available = kEndless;
  if (const auto kib = number_after(root / "proc/meminfo", "MemAvailable:")) available = *kib * 1024;
  each_control_group(root, "memory", [&](const fs::path& group, GroupVersion version) {
    available = std::min(available, left_in(group, version == GroupVersion::two ? kVersion2 : kVersion1));
  });
  return available;
}

int64_t available_memory() {
  const int64_t available = available_memory_under("/");
  if (available < kEndless) return available;
  return int64_t{sysconf(_SC_AVPHYS_PAGES)} * sysconf(_SC_PAGESIZE);
}

int64_t resident_bytes(const std::byte* begin, int64_t bytes) {
  const int64_t page = sysconf(_SC_PAGESIZE);
  constexpr int64_t kPagesAtOnce = 4096;
  std::array<unsigned char, kPagesAtOnce> in_memory{};
  int64_t pages = 0;
  for (int64_t done = 0; done < bytes; done += kPagesAtOnce * page) {
    const int64_t part = std::min(kPagesAtOnce * page, bytes - done);
    auto* address = const_cast<std::byte*>(begin + done);
    const int status = mincore(address, static_cast<size_t>(part), in_memory.data());
    WEFT_CHECK(status == 0, "mincore failed on {} bytes", part);
    const auto end = in_memory.begin() + (part + page - 1) / page;
    pages += std::count_if(in_memory.begin(), end, [](unsigned char state) { return (state & 1U) != 0; });
  }
  return pages * page;
}

int64_t resident_bytes_of_process() {
  std::ifstream file("/proc/self/statm");
  int64_t all = 0;
  int64_t resident = 0;
  file >> all >> resident;
  return resident * sysconf(_SC_PAGESIZE);
}

}  // namespace weft
