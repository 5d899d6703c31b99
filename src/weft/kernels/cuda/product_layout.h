#pragma once
// Row-major products for a library of column-major ones. A row-major matrix is its transpose, column-major;
// so the transpose of the product, b transposed times a transposed, is asked for, and lies as the product
// must.
#include "weft/kernels/matmul.h"

namespace weft::cuda {

/// Column-major, as stored: element (r, c) of matrix p is at p * batch_stride + c * rows + r.
struct StoredMatrix {
  int64_t rows = 0;
  int64_t columns = 0;
  bool transposed = false;  ///< it enters the product transposed
  int64_t batch_stride() const { return rows * columns; }
};

/// result = first * second, each transposed where it says so.
struct ProductLayout {
  StoredMatrix first;   ///< where GemmShape's b lies
  StoredMatrix second;  ///< where a lies
  StoredMatrix result;  ///< where out lies
};

ProductLayout product_layout(const kernels::GemmShape& shape);

}  // namespace weft::cuda
