#pragma once
// The filters of HDF5 chunks, undone without libhdf5, by any number of threads at once.
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace weft {

struct Hdf5Filter {
  enum class Kind : uint8_t { deflate, shuffle, fletcher32 };
  Kind kind = Kind::deflate;
  int32_t elem_bytes = 1;  ///< of shuffle
  bool operator==(const Hdf5Filter&) const = default;
};

/// Undoes `filters` (in the order in which they were applied; bit i of `left_out`: filter i was not) on a
/// stored chunk. The result has `bytes` bytes. UserError naming `name` where the chunk is broken.
std::vector<std::byte> undo_filters(std::span<const std::byte> stored, std::span<const Hdf5Filter> filters,
                                    uint32_t left_out, int64_t bytes, const std::string& name);

/// The checksum that HDF5 puts behind a chunk: Fletcher's (J. Fletcher, "An Arithmetic Checksum for Serial
/// Transmissions", 1982) of big-endian 16-bit words.
uint32_t fletcher32(std::span<const std::byte> bytes);

}  // namespace weft
