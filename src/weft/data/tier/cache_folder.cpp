#include "weft/data/tier/cache_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstring>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "weft/base/check.h"

namespace weft {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kPrefix = "weft-cache-rank-";

std::optional<int> rank_of(const std::string& name) {
  if (!name.starts_with(kPrefix)) return std::nullopt;
  int rank = 0;
  const char* end = name.data() + name.size();
  const auto [stop, error] = std::from_chars(name.data() + kPrefix.size(), end, rank);
  return error == std::errc{} && stop == end && rank >= 0 ? std::optional(rank) : std::nullopt;
}

int64_t bytes_in(const fs::path& folder) {
  int64_t bytes = 0;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
    struct stat status {};
    if (::stat(entry.path().c_str(), &status) == 0) bytes += int64_t{status.st_blocks} * 512;
  }
  return bytes;
}

}  // namespace

int CacheFolder::try_lock() {
  lock_ = OpenFile(::open((path_ / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
  if (!lock_) return errno;
  if (::flock(lock_.number(), LOCK_EX | LOCK_NB) != 0) return errno;
  // Between open and lock somebody may have removed the folder.
  return vanished() ? EWOULDBLOCK : 0;
}

CacheFolder::CacheFolder(const fs::path& directory, int rank)
    : path_(directory / fmt::format("{}{:04}", kPrefix, rank)) {
  constexpr int kTries = 40;
  int failure = EWOULDBLOCK;
  for (int i = 0; i < kTries && failure == EWOULDBLOCK; ++i) {
    if (i > 0) std::this_thread::sleep_for(std::chrono::milliseconds(50));
    std::error_code error;
    fs::create_directories(path_, error);
    failure = error ? error.value() : try_lock();
  }
  if (failure == EWOULDBLOCK) {
    user_error("{}: another run that is alive uses this cache; expected a directory of its own for each run",
               path_.string());
  }
  if (failure != 0) {
    user_error("{}: this cannot be used as a cache ({}); expected a directory that can be written",
               directory.string(), std::strerror(failure));
  }
}

CacheFolder::~CacheFolder() {
  if (lock_) ::flock(lock_.number(), LOCK_UN);
}

bool CacheFolder::vanished() const {
  struct stat there {};
  struct stat ours {};
  return ::fstat(lock_.number(), &ours) != 0 || ::stat((path_ / "lock").c_str(), &there) != 0 ||
         ours.st_ino != there.st_ino || ours.st_dev != there.st_dev;
}

int64_t remove_unused_caches(const fs::path& directory, int ranks) {
  std::error_code error;
  std::vector<fs::path> folders;
  for (const fs::directory_entry& entry : fs::directory_iterator(directory, error)) {
    const std::optional<int> rank = rank_of(entry.path().filename().string());
    if (rank && *rank >= ranks) folders.push_back(entry.path());
  }
  int64_t freed = 0;
  for (const fs::path& path : folders) {
    CacheFolder folder(path);
    if (folder.try_lock() != 0) continue;
    const int64_t bytes = bytes_in(path);
    fs::remove_all(path, error);
    if (!error) freed += bytes;
  }
  return freed;
}

}  // namespace weft
