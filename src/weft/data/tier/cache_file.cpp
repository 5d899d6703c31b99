#include "weft/data/tier/cache_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "weft/base/check.h"

namespace weft {

namespace {

/// Small records lie close together (900-byte images in 4096-byte blocks would waste three quarters).
constexpr int64_t kGranule = 64;
/// The file grows in steps, so that its blocks lie together on the disk.
constexpr int64_t kGrowth = int64_t{256} << 20;

}  // namespace

CacheFile::CacheFile(const std::filesystem::path& path, int64_t limit)
    : file_(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644)),
      limit_(limit / kGranule * kGranule),
      space_(kGranule) {
  struct stat status {};
  bool good = file_ && ::fstat(file_.number(), &status) == 0;
  const int64_t size = std::min<int64_t>(status.st_size, limit_) / kGranule * kGranule;
  good = good && (size == status.st_size || ::ftruncate(file_.number(), size) == 0);
  if (!good) user_error("{}: the cache cannot be used: {}", path.string(), std::strerror(errno));
  if (size > 0) space_.grow(size);
}

bool CacheFile::clear() {
  if (::ftruncate(file_.number(), 0) != 0) return false;
  space_ = FreeExtents(kGranule);
  return true;
}

void CacheFile::clear_if_deleted() {
  struct stat status {};
  if (::fstat(file_.number(), &status) == 0 && status.st_nlink == 0) static_cast<void>(clear());
}

// 0 or errno.
int CacheFile::allocate(int64_t bytes, int64_t spare) {
  struct statvfs disk {};
  // File systems without a limit of their own say that they have no blocks.
  if (::fstatvfs(file_.number(), &disk) == 0 && disk.f_blocks > 0 &&
      static_cast<int64_t>(disk.f_bavail * disk.f_frsize) < bytes + spare)
    return ENOSPC;
  int result = 0;
  do {
    result = ::fallocate(file_.number(), 0, space_.size(), bytes);
  } while (result != 0 && errno == EINTR);
  // Where nothing can be allocated ahead, a full disk shows when it is written to.
  if (result != 0 && errno == EOPNOTSUPP) result = ::ftruncate(file_.number(), space_.size() + bytes);
  return result == 0 ? 0 : errno;
}

std::optional<int64_t> CacheFile::take(int64_t bytes, int64_t spare, int& error) {
  // The limit may have fallen below the size of the file.
  if (space_.used_bytes() > limit_ - space_.rounded(bytes)) return std::nullopt;
  if (const std::optional<int64_t> place = space_.take(bytes)) return place;
  const int64_t room = limit_ - space_.size();
  const int64_t need = space_.rounded(bytes);
  if (room < need) return std::nullopt;
  int64_t step = std::min(room, std::max(need, kGrowth));
  error = allocate(step, spare);
  if ((error == ENOSPC || error == EDQUOT || error == EFBIG) && step > need) {
    step = need;
    error = allocate(step, spare);
  }
  if (error != 0) {
    limit_ = space_.size();
    return std::nullopt;
  }
  space_.grow(step);
  return space_.take(bytes);
}

}  // namespace weft
