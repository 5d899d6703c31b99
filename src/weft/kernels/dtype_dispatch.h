#pragma once
// From a run-time dtype to a template: for the plain kernels, which serve every floating type.
#include "weft/base/check.h"
#include "weft/tensor/view.h"

namespace weft::kernels {

/// The type that T is computed in, and that statistics beside it have.
template <class T>
struct ComputeOf {
  using type = float;
};
template <>
struct ComputeOf<double> {
  using type = double;
};
template <class T>
using Compute = typename ComputeOf<T>::type;

template <class T>
Compute<T> load(const T* data, int64_t at) {
  return static_cast<Compute<T>>(data[at]);
}

template <class T>
void store(T* data, int64_t at, Compute<T> value) {
  data[at] = T(value);
}

/// Calls body(T{}) with the C++ type of a floating dtype.
template <class Body>
void with_floating(DType dtype, Body&& body) {
  switch (dtype) {
    case DType::f64:
      return body(double{});
    case DType::f32:
      return body(float{});
    case DType::bf16:
      return body(BFloat16{});
    case DType::i64:
    case DType::i32:
    case DType::u8:
    case DType::bit:
      break;
  }
  internal_error(__FILE__, __LINE__, "a floating kernel on {}", name_of(dtype));
}

}  // namespace weft::kernels
