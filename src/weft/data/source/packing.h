#pragma once
// How stored numbers become numbers, as the conventions of NetCDF have it.
#include <optional>

#include "weft/data/source/absent_values.h"
#include "weft/data/source/stored_type.h"

namespace weft {

/// value = stored * scale + offset; what is absent is NaN.
struct Packing {
  std::optional<double> scale;
  std::optional<double> offset;
  AbsentValues absent;           ///< as they are stored, before scale and offset
  AbsentValues absent_unpacked;  ///< limits of values after scale and offset, where a file gives these

  bool changes_numbers() const { return scale || offset; }
  bool operator==(const Packing&) const = default;
};

/// What stored elements become: dtype_of(type), or floating point where numbers are scaled.
DType unpacked_dtype(StoredType type, const std::optional<Packing>& packing);

/// Converts elements in order to unpacked_dtype(), without loss. Of integers that are not scaled: also to i64
/// (as they are stored) or f64 (NaN where they are absent); in types of integers what is absent stays the
/// number that says so. `name` is for errors, as convert().
void unpack_elements(std::span<const std::byte> stored, StoredType type,
                     const std::optional<Packing>& packing, const View& target, const std::string& name);

}  // namespace weft
