#include "weft/data/load/array_channels.h"

namespace weft {

std::string_view other_channels(ArrayChannels said, const Dims& sample, size_t least, size_t most) {
  const size_t dimensions = sample.size();
  const auto suits = [&](size_t other) { return other >= least && other <= most; };
  if (said != ArrayChannels::none) {
    const bool are_colours = sample.empty() || sample.back() <= kMostColours;
    return suits(dimensions + 1) && !are_colours
               ? "; where it has no channels, data.channels = \"none\" says so"
               : "";
  }
  return dimensions > 0 && suits(dimensions - 1)
             ? "; where it has channels, data.channels = \"last\" or \"first\" says so"
             : "";
}

}  // namespace weft
