#pragma once
#include <cstdint>
#include <string_view>

#include "weft/base/enum_names.h"
#include "weft/tensor/region.h"

namespace weft {

/// Where a field has its channels.
enum class ArrayChannels : uint8_t { last, first, none };

template <>
struct EnumNames<ArrayChannels> {
  static constexpr std::string_view kNames[] = {"last", "first", "none"};
};

/// Images have no more: what counts more is rarely a channel, and what counts as few rarely a place.
inline constexpr int64_t kMostColours = 4;

/// Of a sample that has not the dimensions that are wanted, from `least` to `most` with its channels: how
/// another data.channels than `said` would give it these. The end of a sentence; empty where none would, or
/// its last dimension is as small as colours are. `sample`: as `said` has it, its channels last.
std::string_view other_channels(ArrayChannels said, const Dims& sample, size_t least, size_t most);

}  // namespace weft
