#include "weft/data/source/crc32.h"

#include <zlib.h>

namespace weft {

uint32_t crc32_of(std::span<const std::byte> bytes, uint32_t before) {
  return static_cast<uint32_t>(crc32_z(before, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

uint32_t crc32_of_rest(uint32_t whole, uint32_t head, int64_t rest_bytes) {
  // The CRC of a whole is that of its head, carried past the rest, and that of the rest, added without carry.
  return whole ^ static_cast<uint32_t>(crc32_combine(head, 0, rest_bytes));
}

}  // namespace weft
