#include "weft/store/bool_bytes.h"

#include "weft/tensor/bits.h"

namespace weft {

std::vector<std::byte> pack_bools(std::span<const std::byte> bools) {
  const auto count = std::ssize(bools);
  std::vector<std::byte> bits(static_cast<size_t>(bytes_of(DType::bit, count)));
  for (int64_t i = 0; i < count; ++i) {
    if (bools[static_cast<size_t>(i)] != std::byte{0}) store_bit(bits.data(), i, true);
  }
  return bits;
}

void unpack_bools(const std::byte* bits, int64_t first, std::span<std::byte> bools) {
  for (std::byte& value : bools) value = std::byte{load_bit(bits, first++)};
}

}  // namespace weft
