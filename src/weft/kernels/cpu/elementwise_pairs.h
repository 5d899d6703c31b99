#pragma once
// Which function of two operands the vector form of an elementwise kernel takes. Internal.
#include <cstdint>

namespace weft::kernels {

enum class Pairing : uint8_t {
  sum,
  product,
  tanh_slope,      ///< the first times 1 - the second squared
  where_positive,  ///< the first where the second is above 0, else 0
};

}  // namespace weft::kernels
