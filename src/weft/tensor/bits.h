#pragma once
// Access to packed bits (DType::bit). `bits` is the first byte of a tensor; elements are counted from its
// first.
#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "weft/tensor/dtype.h"

namespace weft {

static_assert(std::endian::native == std::endian::little, "bits are moved as little-endian words");

inline constexpr int64_t kBitsOfWord = 64;

/// The lowest `count` bits of a word, 0 < count <= 64.
constexpr uint64_t lowest_bits(int64_t count) { return ~uint64_t{0} >> (kBitsOfWord - count); }

/// Elements [first, first + count), 0 < count <= 64, from the lowest bit on; zeros above. Reads no byte
/// without one of them.
inline uint64_t load_bits(const std::byte* bits, int64_t first, int64_t count) {
  const std::byte* from = bits + first / 8;
  const int64_t skipped = first % 8;
  const int64_t bytes = bytes_of(DType::bit, skipped + count);
  uint64_t word = 0;
  std::memcpy(&word, from, static_cast<size_t>(std::min<int64_t>(bytes, 8)));
  word >>= skipped;
  if (bytes > 8) word |= static_cast<uint64_t>(from[8]) << (kBitsOfWord - skipped);
  return word & lowest_bits(count);
}

/// Writes the lowest `count` bits of `word`, 0 < count <= 64, and keeps all other elements. Touches no byte
/// without one of them.
inline void store_bits(std::byte* bits, int64_t first, int64_t count, uint64_t word) {
  std::byte* to = bits + first / 8;
  const int64_t skipped = first % 8;
  const int64_t bytes = bytes_of(DType::bit, skipped + count);
  const uint64_t taken = lowest_bits(count);
  word &= taken;
  uint64_t there = 0;
  std::memcpy(&there, to, static_cast<size_t>(std::min<int64_t>(bytes, 8)));
  there = (there & ~(taken << skipped)) | word << skipped;
  std::memcpy(to, &there, static_cast<size_t>(std::min<int64_t>(bytes, 8)));
  if (bytes <= 8) return;
  const auto above = static_cast<std::byte>(word >> (kBitsOfWord - skipped));
  to[8] = (to[8] & ~static_cast<std::byte>(taken >> (kBitsOfWord - skipped))) | above;
}

inline bool load_bit(const std::byte* bits, int64_t at) {
  return (bits[at / 8] >> (at % 8) & std::byte{1}) != std::byte{0};
}

inline void store_bit(std::byte* bits, int64_t at, bool value) {
  std::byte& byte = bits[at / 8];
  const std::byte mask = std::byte{1} << (at % 8);
  byte = value ? byte | mask : byte & ~mask;
}

/// Copies `count` elements between two tensors, which do not overlap.
inline void copy_bits(const std::byte* from, int64_t from_first, std::byte* to, int64_t to_first,
                      int64_t count) {
  for (int64_t done = 0; done < count; done += kBitsOfWord) {
    const int64_t now = std::min(count - done, kBitsOfWord);
    store_bits(to, to_first + done, now, load_bits(from, from_first + done, now));
  }
}

/// Makes the bits of the last byte zero that belong to none of the `elems` elements.
inline void clear_bits_behind(std::byte* bits, int64_t elems) {
  if (elems % 8 != 0) bits[elems / 8] &= static_cast<std::byte>(lowest_bits(elems % 8));
}

}  // namespace weft
