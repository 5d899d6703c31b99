#pragma once
// CRC-32, by which ZIP archives know that their members are those that were written.
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace weft {

/// Of `bytes` after others whose checksum is `before`.
uint32_t crc32_of(std::span<const std::byte> bytes, uint32_t before = 0);

/// Of the last `rest_bytes` of a whole that begins with a head.
uint32_t crc32_of_rest(uint32_t whole, uint32_t head, int64_t rest_bytes);

/// What is said of an array whose checksum is another: "FILE: 'x' ...".
inline constexpr std::string_view kBrokenChecksum =
    "is damaged: it has not the CRC-32 that the archive keeps of it; copy the file again";

}  // namespace weft
