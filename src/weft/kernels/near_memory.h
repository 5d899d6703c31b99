#pragma once
#include <cstdint>

namespace weft::kernels {

/// What a core's own caches keep, at least on the machines of today: a kernel that walks over no more than
/// this again moves nothing.
constexpr int64_t kNearBytes = int64_t{512} << 10;

}  // namespace weft::kernels
