#include "weft/train/folder/run_lock.h"

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <ctime>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "weft/base/check.h"
#include "weft/base/environment.h"
#include "weft/report/progress.h"

namespace weft {

namespace {

namespace fs = std::filesystem;

// A file system of several hosts may show a new file late.
constexpr std::chrono::seconds kShownWithin{10};

fs::path file_of(const fs::path& folder) { return folder / "lock"; }

struct Reading {
  std::string text;  ///< the beginning of a small file
  int error = 0;     ///< errno, where it cannot be read
};

Reading text_in(int descriptor) {
  std::array<char, 512> text{};
  const ssize_t got = pread(descriptor, text.data(), text.size(), 0);
  if (got < 0) return {{}, errno};
  return {{text.data(), static_cast<size_t>(got)}};
}

Reading text_at(const fs::path& path) {
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) return {{}, errno};
  Reading reading = text_in(descriptor);
  close(descriptor);
  return reading;
}

/// Different each time, so that ranks can tell the file from one of the same name on another disk.
std::string holder() {
  return fmt::format("process {} of host {}, since {:%Y-%m-%d %H:%M:%S} ({:08x})", getpid(), host_name(),
                     fmt::localtime(std::time(nullptr)), std::random_device()());
}

/// Why rank 0 has no lock; "" where it has, or where there are none.
std::string take(int& descriptor, const fs::path& folder, const std::string& text) {
  descriptor = open(file_of(folder).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (descriptor < 0)
    return fmt::format("--out {}: no file can be made there: {}", folder.string(), std::strerror(errno));
  if (flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) {
      return fmt::format(
          "--out {}: another run writes there now ({}); name another folder, or wait for its end",
          folder.string(), text_in(descriptor).text);
    }
    Progress::say(
        fmt::format("warning: --out {}: its file system has no locks ({}), so nothing keeps two runs from "
                    "writing there at the same time",
                    folder.string(), std::strerror(errno)));
  }
  const bool written = ftruncate(descriptor, 0) == 0 &&
                       pwrite(descriptor, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size()) &&
                       fsync(descriptor) == 0;
  if (!written)
    return fmt::format("--out {}: the file `lock` there cannot be written: {}", folder.string(),
                       std::strerror(errno));
  return {};
}

/// Why this rank does not come to see what rank 0 has written; "" where it does.
std::string unseen(const fs::path& folder, const std::string& text) {
  const auto end = std::chrono::steady_clock::now() + kShownWithin;
  while (true) {
    const Reading reading = text_at(file_of(folder));
    if (reading.text == text) return {};
    // These two a file system of several hosts shows for a while.
    if (reading.error != 0 && reading.error != ENOENT && reading.error != ESTALE)
      return fmt::format("cannot read what rank 0 wrote there: {}", std::strerror(reading.error));
    if (std::chrono::steady_clock::now() > end)
      return "does not see what rank 0 wrote there; the folder must be on a disk that all hosts share";
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
}

}  // namespace

RunLock::RunLock(const fs::path& folder, const Communicator& world) {
  const bool first = world.rank() == 0;
  const std::string own = first ? holder() : std::string();
  const std::string failed = first ? take(descriptor_, folder, own) : std::string();
  const std::vector<std::string> told = world.all_gather_text(failed.empty() ? own : "!" + failed);
  if (told[0].starts_with('!')) {
    if (descriptor_ >= 0) close(std::exchange(descriptor_, -1));
    throw UserError(told[0].substr(1));
  }
  std::string why = unseen(folder, told[0]);
  if (!why.empty()) why = fmt::format("rank {} on host {} {}", world.rank(), host_name(), why);
  for (const std::string& one : world.all_gather_text(why)) {
    if (one.empty()) continue;
    if (descriptor_ >= 0) close(std::exchange(descriptor_, -1));
    user_error("--out {}: {}", folder.string(), one);
  }
}

RunLock::~RunLock() {
  if (descriptor_ >= 0) close(descriptor_);
}

bool RunLock::is_held(const fs::path& folder) {
  const int descriptor = open(file_of(folder).c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) return false;
  const bool held = flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
  close(descriptor);
  return held;
}

}  // namespace weft
