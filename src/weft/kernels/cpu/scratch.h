#pragma once
// How kernels divide their scratch. Internal.
#include <cstdint>

namespace weft::kernels {

/// Room for `bytes`, so that what follows is aligned to 64 bytes.
constexpr int64_t aligned_bytes(int64_t bytes) { return (bytes + 63) / 64 * 64; }

}  // namespace weft::kernels
