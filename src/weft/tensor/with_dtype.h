#pragma once
// From a run-time dtype to a C++ type.
#include <type_traits>

#include "weft/base/check.h"
#include "weft/tensor/dtype.h"

namespace weft {

/// Calls body(T{}) with the C++ type of a dtype. Bits have none: an InternalError.
template <class Body>
void with_dtype(DType dtype, Body&& body) {
  switch (dtype) {
    case DType::f64:
      return body(double{});
    case DType::f32:
      return body(float{});
    case DType::bf16:
      return body(BFloat16{});
    case DType::i64:
      return body(int64_t{});
    case DType::i32:
      return body(int32_t{});
    case DType::u8:
      return body(uint8_t{});
    case DType::bit:
      WEFT_CHECK(false, "no C++ type is a packed bit");
  }
}

/// The same for floating dtypes. InternalError for any other.
template <class Body>
void with_floating(DType dtype, Body&& body) {
  WEFT_CHECK(is_floating(dtype), "elements of {}, expected floating ones", name_of(dtype));
  with_dtype(dtype, [&](auto element) {
    if constexpr (!std::is_integral_v<decltype(element)>) body(element);
  });
}

/// A number as another type has it: rounded to nearest, or cut to an integer. bf16 goes by way of f32.
template <class To, class From>
To element_cast(From value) {
  if constexpr (std::is_same_v<To, BFloat16>) {
    return BFloat16(static_cast<float>(value));
  } else if constexpr (std::is_same_v<From, BFloat16>) {
    return static_cast<To>(static_cast<float>(value));
  } else {
    return static_cast<To>(value);
  }
}

}  // namespace weft
