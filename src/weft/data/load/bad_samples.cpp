#include "weft/data/load/bad_samples.h"

#include <algorithm>

#include "weft/base/check.h"

namespace weft {

void BadSamples::add(int64_t sample, const std::string& why) {
  if (policy_ == OnBadSample::fail) throw UserError(why);
  const std::lock_guard lock(mutex_);
  const auto same = [&](const Entry& entry) { return entry.sample == sample; };
  if (std::any_of(entries_.begin(), entries_.end(), same)) return;
  entries_.push_back({sample, why});
  if (std::ssize(entries_) > limit_) {
    user_error("data.bad_limit={}: one bad sample too many; the last was: {}", limit_, why);
  }
}

std::vector<BadSamples::Entry> BadSamples::list() const {
  const std::lock_guard lock(mutex_);
  return entries_;
}

}  // namespace weft
