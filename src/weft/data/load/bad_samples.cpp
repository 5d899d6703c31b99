#include "weft/data/load/bad_samples.h"

#include <algorithm>

#include "weft/base/check.h"
#include "weft/data/stream/permutation.h"

namespace weft {

namespace {

constexpr uint64_t kSubstituteStream = 0x7375'6273;  // "subs"

}  // namespace

int64_t substitute_for(int64_t sample, int64_t samples, uint64_t seed, int64_t epoch) {
  const Permutation order(samples, {seed, kSubstituteStream, static_cast<uint64_t>(epoch)});
  return order.at((order.inverse(sample) + 1) % samples);
}

void end_for_bad_sample(const std::string& why) {
  user_error("{}; data.on_bad = \"skip\" would leave such samples out of the loss", why);
}

void BadSamples::add(int64_t sample, const std::string& why) {
  if (policy_ == OnBadSample::fail) end_for_bad_sample(why);
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
