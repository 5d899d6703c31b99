#pragma once
// Numbers as files have them become numbers as networks like them.
#include <vector>

#include "weft/tensor/view.h"

namespace weft {

/// In this order: log(1 + x), minus the mean, over the deviation. Where x < -1 has no logarithm the value is
/// infinite, and NaN where x is.
struct ArrayValues {
  bool log = false;                     ///< for counts, whose sizes differ by orders of magnitude
  std::vector<double> mean, deviation;  ///< of each channel, or one for all; empty: 0 and 1
  bool changes() const { return log || !mean.empty() || !deviation.empty(); }
};

/// Writes the points of `input` (any dtype) to `output` (floating), whose last dimension is `channels`.
/// `channels_first`: the input's first dimension is the channels, and the others follow in the output's
/// order. The input may be the output where their types are the same and channels come last.
void write_values(const ArrayValues& values, const View& input, bool channels_first, int64_t channels,
                  const View& output);

/// The first element of a view of integers.
int64_t integer_at(const View& view);

}  // namespace weft
