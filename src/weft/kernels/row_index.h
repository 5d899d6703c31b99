#pragma once
// Indices that a kernel is given when it runs.
#include <string_view>

#include "weft/base/check.h"
#include "weft/tensor/view.h"

namespace weft::kernels {

/// The value of an i64 scalar. UserError naming `op` where it is outside [0, last].
inline int64_t row_index(std::string_view op, const View& index, int64_t last) {
  const int64_t row = *index.as<int64_t>();
  if (row < 0 || row > last) user_error("{}: got the row {}, expected one in [0, {}].", op, row, last);
  return row;
}

}  // namespace weft::kernels
