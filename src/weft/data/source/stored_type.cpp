#include "weft/data/source/stored_type.h"

#include <bit>
#include <cmath>
#include <cstring>
#include <type_traits>
#include <utility>

#include "weft/base/check.h"

namespace weft {

namespace {

using Kind = StoredType::Kind;

/// IEEE half precision.
struct Half {
  uint16_t bits = 0;
  explicit operator float() const {
    const uint32_t sign = (bits & 0x8000u) << 16;
    const uint32_t exponent = (bits >> 10) & 0x1fu;
    const uint32_t fraction = bits & 0x3ffu;
    if (exponent == 0x1f) return std::bit_cast<float>(sign | 0x7f800000u | (fraction << 13));
    if (exponent != 0) return std::bit_cast<float>(sign | ((exponent + 112) << 23) | (fraction << 13));
    const float magnitude = static_cast<float>(fraction) * 0x1p-24F;
    return sign != 0 ? -magnitude : magnitude;
  }
  explicit operator double() const { return static_cast<float>(*this); }
};

template <class T>
T load(const std::byte* at, bool big_endian) {
  T value;
  if (!big_endian || sizeof(T) == 1) {
    std::memcpy(&value, at, sizeof(T));
    return value;
  }
  std::byte swapped[sizeof(T)];
  for (size_t i = 0; i < sizeof(T); ++i) swapped[i] = at[sizeof(T) - 1 - i];
  std::memcpy(&value, swapped, sizeof(T));
  return value;
}

/// Calls body with a value of the type that the file stores; false where there is none.
template <class Body>
bool with_type(StoredType type, const Body& body) {
  const auto pick = [&](auto one, auto two, auto four, auto eight) {
    switch (type.bytes) {
      case 1:
        body(one);
        return true;
      case 2:
        body(two);
        return true;
      case 4:
        body(four);
        return true;
      case 8:
        body(eight);
        return true;
      default:
        return false;
    }
  };
  switch (type.kind) {
    case Kind::signed_integer:
      return pick(int8_t{}, int16_t{}, int32_t{}, int64_t{});
    case Kind::unsigned_integer:
      return pick(uint8_t{}, uint16_t{}, uint32_t{}, uint64_t{});
    case Kind::bfloat:
      if (type.bytes != 2) return false;
      body(BFloat16{});
      return true;
    case Kind::floating:
      if (type.bytes == 1) return false;
      return pick(Half{}, Half{}, float{}, double{});
  }
  return false;
}

/// T to U; integers that do not fit are refused, as a wrong label or token would go unnoticed.
template <class U, class T>
U cast_to(T value, const std::string& name) {
  if constexpr (std::is_same_v<U, T>) {
    return value;
  } else if constexpr (std::is_integral_v<T> && std::is_integral_v<U>) {
    if (!std::in_range<U>(value)) user_error("{}: the value {} is out of range", name, value);
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
    to[i] = cast_to<U>(load<T>(from + i * static_cast<int64_t>(sizeof(T)), big_endian), name);
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

bool apply_unsigned(std::string_view text, StoredType& type) {
  const bool is_unsigned = text == "true" || text == "True" || text == "TRUE";
  const bool is_signed = text == "false" || text == "False" || text == "FALSE";
  const Kind before = type.kind;
  if (is_unsigned && before == Kind::signed_integer) type.kind = Kind::unsigned_integer;
  if (is_signed && before == Kind::unsigned_integer) type.kind = Kind::signed_integer;
  return type.kind != before;
}

double other_sign_of(double value, StoredType type) {
  const double period = std::ldexp(1.0, type.bytes * 8);
  if (type.kind == Kind::unsigned_integer && value < 0) return value + period;
  if (type.kind == Kind::signed_integer && value >= period / 2) return value - period;
  return value;
}

std::optional<DType> dtype_of(StoredType type) {
  std::optional<DType> result;
  with_type(type, [&]<class T>(T) {
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
  const bool known = with_type(type, [&]<class T>(T) {
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
    WEFT_CHECK(target.type.dtype == natural || token, "{}: {} does not become {}", name, to_string(type),
               name_of(target.type.dtype));
    if constexpr (std::is_same_v<T, BFloat16>) {
      to(BFloat16{});
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

void convert_packed(std::span<const std::byte> stored, StoredType type, const Packing& packing,
                    const View& target) {
  WEFT_CHECK(target.type.dtype == DType::f32 || target.type.dtype == DType::f64,
             "packed values are floating");
  WEFT_CHECK(static_cast<int64_t>(stored.size()) == target.elems() * type.bytes, "{} bytes for {} elements",
             stored.size(), target.elems());
  with_type(type, [&]<class T>(T) {
    if constexpr (!std::is_same_v<T, BFloat16>) {
      for (int64_t i = 0; i < target.elems(); ++i) {
        const auto raw = static_cast<double>(
            load<T>(stored.data() + i * static_cast<int64_t>(sizeof(T)), type.big_endian));
        const double value = raw == packing.missing ? std::numeric_limits<double>::quiet_NaN()
                                                    : raw * packing.scale + packing.offset;
        if (target.type.dtype == DType::f32) {
          target.as<float>()[i] = static_cast<float>(value);
        } else {
          target.as<double>()[i] = value;
        }
      }
    }
  });
}

}  // namespace weft
