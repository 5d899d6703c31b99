#pragma once
// From a dtype that is known when a program runs to the type of its elements.
#include <type_traits>
#include <utility>

#include "weft/base/check.h"
#include "weft/tensor/dtype.h"

namespace weft {

/// Stands for a type in a call: `using T = typename decltype(type)::type`.
template <class T>
using ElementType = std::type_identity<T>;

/// Calls `act` with the ElementType of a floating dtype. InternalError naming `what` for any other.
template <class Act>
decltype(auto) with_floating(DType dtype, std::string_view what, Act&& act) {
  switch (dtype) {
    case DType::f64:
      return act(ElementType<double>{});
    case DType::f32:
      return act(ElementType<float>{});
    case DType::bf16:
      return act(ElementType<BFloat16>{});
    case DType::i64:
    case DType::i32:
    case DType::u8:
    case DType::bit:
      break;
  }
  internal_error(__FILE__, __LINE__, "{} of type {}, expected a floating one", what, name_of(dtype));
}

/// The same for any dtype whose elements are whole bytes.
template <class Act>
decltype(auto) with_elements(DType dtype, std::string_view what, Act&& act) {
  switch (dtype) {
    case DType::i64:
      return act(ElementType<int64_t>{});
    case DType::i32:
      return act(ElementType<int32_t>{});
    case DType::u8:
      return act(ElementType<uint8_t>{});
    case DType::f64:
    case DType::f32:
    case DType::bf16:
    case DType::bit:
      break;
  }
  return with_floating(dtype, what, std::forward<Act>(act));
}

/// An element as a double; of one of the types above.
template <class T>
double to_double(T value) {
  if constexpr (std::is_same_v<T, BFloat16>) {
    return static_cast<double>(static_cast<float>(value));
  } else {
    return static_cast<double>(value);
  }
}

}  // namespace weft
