#pragma once
#include <cstddef>
#include <cstdint>
#include <span>

namespace weft {

/// xxHash3, 64 bits: finds broken disks and torn writes, not forgeries.
uint64_t record_checksum(std::span<const std::byte> bytes);
uint64_t record_checksum(std::span<const std::byte> bytes, uint64_t seed);

}  // namespace weft
