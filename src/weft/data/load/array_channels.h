#pragma once
#include <cstdint>
#include <string_view>

#include "weft/base/enum_names.h"

namespace weft {

/// Where a field has its channels.
enum class ArrayChannels : uint8_t { last, first, none };

template <>
struct EnumNames<ArrayChannels> {
  static constexpr std::string_view kNames[] = {"last", "first", "none"};
};

/// Of a sample that has not the dimensions that are wanted, from `least` to `most` with its channels: how
/// another data.channels than `said` would give it these. The end of a sentence; empty where none would.
/// `dimensions`: of the sample as `said` has it, its channels too.
std::string_view other_channels(ArrayChannels said, size_t dimensions, size_t least, size_t most);

}  // namespace weft
