#pragma once
// Elements as files store them, which is more than Weft computes with.
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "weft/tensor/view.h"

namespace weft {

struct StoredType {
  enum class Kind : uint8_t { signed_integer, unsigned_integer, floating, bfloat };
  Kind kind = Kind::floating;
  int32_t bytes = 4;
  bool big_endian = false;
  bool operator==(const StoredType&) const = default;
};
std::string to_string(StoredType type);

/// value = stored * scale + offset, as NetCDF's conventions pack numbers; a stored `missing` is NaN.
struct Packing {
  double scale = 1;
  double offset = 0;
  double missing = std::numeric_limits<double>::quiet_NaN();
  bool operator==(const Packing&) const = default;
};

/// Gives integers the sign that NetCDF's attribute _Unsigned ("true", "false") says; whether it changed.
bool apply_unsigned(std::string_view text, StoredType& type);
/// A number of an attribute whose integers have the other sign, as a stored number of `type`: -1 is 255.
double other_sign_of(double value, StoredType type);

/// What a stored type becomes: u8, i32, i64, f32, f64 and bf16 stay; u32 and u64 become i64; what has 8 or 16
/// bits otherwise (i8, i16, u16, f16) becomes f32, which holds all of their values. Null: none of Weft's
/// types can hold it (f128, 3-byte integers).
std::optional<DType> dtype_of(StoredType type);

/// Converts elements in order. stored.size() is target.elems() * type.bytes. The target's dtype is
/// dtype_of(type), or i32 (tokens of 16 and 32 bits). UserError naming `name` where a value does not fit
/// (u64 above i64, u32 above i32).
void convert(std::span<const std::byte> stored, StoredType type, const View& target, const std::string& name);
/// With packing: the target is f32 or f64.
void convert_packed(std::span<const std::byte> stored, StoredType type, const Packing& packing,
                    const View& target);

}  // namespace weft
