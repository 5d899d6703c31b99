#include "weft/data/read/descriptor_share.h"

#include <sys/resource.h>

#include <algorithm>
#include <atomic>

namespace weft {

namespace {

constexpr int64_t kMostOfOne = 256;
constexpr int kFewestReads = 2;

/// Asked each time: a program may change it.
int64_t limit_of_process() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 1024;
  return static_cast<int64_t>(std::min<rlim_t>(limit.rlim_cur, 1 << 20));
}

std::atomic<int64_t>& kept_by_all() {
  static std::atomic<int64_t> kept{0};
  return kept;
}

}  // namespace

KeptOpen::KeptOpen(int64_t files) : files_(files), granted_(files <= kMostOfOne) {
  if (!granted_) return;
  if (kept_by_all().fetch_add(files_) + files_ <= limit_of_process() / 4) return;
  kept_by_all().fetch_sub(files_);
  granted_ = false;
}

KeptOpen::~KeptOpen() {
  if (granted_) kept_by_all().fetch_sub(files_);
}

int reads_at_once(int wanted) {
  const int64_t share = std::max<int64_t>(kFewestReads, limit_of_process() / 8);
  return static_cast<int>(std::min<int64_t>(wanted, share));
}

}  // namespace weft
