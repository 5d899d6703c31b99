#pragma once
// Packed bits as files have them: a byte an element, 0 or 1, which other programs read as booleans.
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace weft {

/// The bits of a tensor whose elements are `bools`; what is not 0 is 1.
std::vector<std::byte> pack_bools(std::span<const std::byte> bools);

/// Elements [first, first + bools.size()) of a tensor of packed bits.
void unpack_bools(const std::byte* bits, int64_t first, std::span<std::byte> bools);

}  // namespace weft
