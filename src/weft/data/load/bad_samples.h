#pragma once
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "weft/base/enum_names.h"

namespace weft {

/// What happens to a sample that cannot be read or unpacked.
enum class OnBadSample : uint8_t {
  fail,        ///< loading ends with its error
  skip,        ///< its row is empty: zeros, and a class id of -1
  substitute,  ///< another sample takes its row, the same one whatever the ranks
};

template <>
struct EnumNames<OnBadSample> {
  static constexpr std::string_view kNames[] = {"fail", "skip", "substitute"};
};

/// The sample that takes the place of one that cannot be used, of `samples`: the next in an order that is
/// drawn once an epoch, so that every rank and every restart takes the same one, and substitutes of
/// substitutes are all samples before one comes again.
int64_t substitute_for(int64_t sample, int64_t samples, uint64_t seed, int64_t epoch);

/// UserError under the policy `fail`: `why`, and which policy would go on.
[[noreturn]] void end_for_bad_sample(const std::string& why);

/// The samples that could not be used: listed, and bounded.
class BadSamples {
 public:
  BadSamples(OnBadSample policy, int64_t limit) : policy_(policy), limit_(limit) {}
  OnBadSample policy() const { return policy_; }
  /// Throws UserError with `why` under the policy `fail`, or where there are more than `limit` by now.
  void add(int64_t sample, const std::string& why);
  struct Entry {
    int64_t sample;
    std::string why;
  };
  std::vector<Entry> list() const;

 private:
  OnBadSample policy_;
  int64_t limit_;
  mutable std::mutex mutex_;
  std::vector<Entry> entries_;
};

}  // namespace weft
