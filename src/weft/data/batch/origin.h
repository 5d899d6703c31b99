#pragma once
#include <cstdint>

#include "weft/base/enum_names.h"

namespace weft {

/// Where a record came from.
enum class Origin : uint8_t { memory, disk, peer, source };
constexpr int kOrigins = 4;

template <>
struct EnumNames<Origin> {
  static constexpr std::string_view kNames[kOrigins] = {"memory", "disk", "peer", "source"};
};

}  // namespace weft
