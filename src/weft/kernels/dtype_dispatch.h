#pragma once
// From a run-time dtype to a template: for the plain kernels, which serve every floating type.
#include "weft/tensor/view.h"
#include "weft/tensor/with_dtype.h"

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

}  // namespace weft::kernels
