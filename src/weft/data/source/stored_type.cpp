#include "weft/data/source/stored_type.h"

#include <cstring>
#include <limits>
#include <type_traits>
#include <utility>

#include "weft/base/check.h"
#include "weft/data/source/stored_elements.h"

namespace weft {

namespace {

using Kind = StoredType::Kind;

/// T to U; integers that do not fit are refused, as a wrong label or token would go unnoticed.
template <class U, class T>
U cast_to(T value, const std::string& name) {
  if constexpr (std::is_same_v<U, T>) {
    return value;
  } else if constexpr (std::is_integral_v<T> && std::is_integral_v<U>) {
    if (!std::in_range<U>(value)) {
      user_error("{}: the value {} is out of range, expected one from {} to {}", name, value,
                 std::numeric_limits<U>::min(), std::numeric_limits<U>::max());
    }
    return static_cast<U>(value);
  } else {
    return static_cast<U>(value);
  }
}

template <class T, class U>
void convert_run(const std::byte* from, bool big_endian, U* to, int64_t elems, const std::string& name) {
  if constexpr (std::is_same_v<T, U>) {
    if (!big_endian) {
      std::memcpy(to, from, static_cast<size_t>(elems) * sizeof(T));
      return;
    }
  }
  for (int64_t i = 0; i < elems; ++i) {
    to[i] = cast_to<U>(load_element<T>(from + i * static_cast<int64_t>(sizeof(T)), big_endian), name);
  }
}

}  // namespace

std::string to_string(StoredType type) {
  switch (type.kind) {
    case Kind::signed_integer:
      return fmt::format("i{}", type.bytes * 8);
    case Kind::unsigned_integer:
      return fmt::format("u{}", type.bytes * 8);
    case Kind::floating:
      return fmt::format("f{}", type.bytes * 8);
    case Kind::bfloat:
      return "bf16";
  }
  return "?";
}

bool is_whole(StoredType type) {
  return type.kind == Kind::signed_integer || type.kind == Kind::unsigned_integer;
}

std::optional<DType> dtype_of(StoredType type) {
  std::optional<DType> result;
  with_stored_type(type, [&]<class T>(T) {
    if constexpr (std::is_same_v<T, uint32_t> || std::is_same_v<T, uint64_t>) {
      result = DType::i64;
    } else if constexpr (requires { DTypeOf<T>::value; }) {
      result = DTypeOf<T>::value;
    } else {
      result = DType::f32;
    }
  });
  return result;
}

void convert(std::span<const std::byte> stored, StoredType type, const View& target,
             const std::string& name) {
  const int64_t elems = target.elems();
  WEFT_CHECK(static_cast<int64_t>(stored.size()) == elems * type.bytes, "{}: {} bytes for {} elements", name,
             stored.size(), elems);
  if (elems == 0) return;  // nothing has no address either
  const bool known = with_stored_type(type, [&]<class T>(T) {
    const auto to = [&]<class U>(U) {
      if constexpr ((std::is_same_v<T, BFloat16> && !std::is_same_v<U, BFloat16>) ||
                    (std::is_same_v<T, Half> && std::is_integral_v<U>)) {
        internal_error(__FILE__, __LINE__, "{}: no conversion from {}", name, to_string(type));
      } else {
        convert_run<T>(stored.data(), type.big_endian, target.as<U>(), elems, name);
      }
    };
    const DType natural = *dtype_of(type);
    const bool token = target.type.dtype == DType::i32 && type.kind == Kind::unsigned_integer;
    const bool exact = target.type.dtype == DType::i64 && is_whole(type);
    WEFT_CHECK(target.type.dtype == natural || token || exact, "{}: {} does not become {}", name,
               to_string(type), name_of(target.type.dtype));
    if constexpr (std::is_same_v<T, BFloat16>) {
      to(BFloat16{});
    } else if (exact) {
      to(int64_t{});
    } else if constexpr (std::is_unsigned_v<T> && sizeof(T) > 1) {
      if (token) {
        to(int32_t{});
      } else if constexpr (sizeof(T) == 2) {
        to(float{});
      } else {
        to(int64_t{});
      }
    } else if constexpr (requires { DTypeOf<T>::value; }) {
      to(T{});
    } else {
      to(float{});
    }
  });
  WEFT_CHECK(known, "{}: unknown element type", name);
}

}  // namespace weft
