#pragma once
#include <cstdint>

namespace weft {

/// Where a record came from.
enum class Origin : uint8_t { memory, disk, peer, source };
constexpr int kOrigins = 4;

}  // namespace weft
