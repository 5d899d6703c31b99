#pragma once
#include <cstdint>
#include <string>

#include "weft/data/source/source.h"

namespace weft {

/// What was found in one field of some samples, spread over all.
struct FieldValues {
  int64_t samples = 0;   ///< that were looked at
  bool is_part = false;  ///< of each its first rows alone: it is larger than was to be read
  bool are_ids = false;  ///< one integer a sample, as class ids are
  int64_t kinds = 0;     ///< of ids: different ones
  int64_t absent = 0;    ///< ids that the file says are none
  int64_t numbers = 0;   ///< finite ones
  int64_t nans = 0;
  int64_t infinities = 0;
  double least = 0, greatest = 0, mean = 0;  ///< of the finite ones; 0 where there are none

  /// Whether some are none: data.missing of a recipe says what becomes of them.
  bool has_missing() const { return nans + infinities + absent > 0; }
  /// "3 ids from 0 to 100", or "-1.5 to 2, mean 0.25, 2 NaN, 1 infinite", with how many of `count` samples
  /// were looked at.
  std::string text(int64_t count) const;
};

struct LookOptions {
  int64_t most_samples = 10'000;
  int64_t most_bytes = int64_t{64} << 20;  ///< read, but for a number, or a chunk, at least
};

/// Reads a field of as many samples as the options allow, and of one that is larger than they allow its first
/// rows. Those that cannot be read are left out. Not for encoded images.
FieldValues look_at_field(const Source& source, size_t field, const LookOptions& options = {});

}  // namespace weft
