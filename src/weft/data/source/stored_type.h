#pragma once
// Elements as files store them, which is more than Weft computes with.
#include <cstddef>
#include <cstdint>
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

/// Whether the elements are integers.
bool is_whole(StoredType type);

/// What a stored type becomes: u8, i32, i64, f32, f64 and bf16 stay; u32 and u64 become i64; what has 8 or 16
/// bits otherwise (i8, i16, u16, f16) becomes f32, which holds all of their values. Null: none of Weft's
/// types can hold it (f128, 3-byte integers).
std::optional<DType> dtype_of(StoredType type);

/// Converts elements in order. stored.size() is target.elems() * type.bytes. The target's dtype is
/// dtype_of(type), i64 of integers, or i32 (tokens of 16 and 32 bits). UserError naming `name` where a value
/// does not fit (u64 above i64, u32 above i32).
void convert(std::span<const std::byte> stored, StoredType type, const View& target, const std::string& name);

}  // namespace weft
