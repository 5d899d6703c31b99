#include "weft/kernels/cuda/product_layout.h"

namespace weft::cuda {

namespace {

/// A row-major matrix of `rows` by `columns`, stored so or (`turned`) as its transpose.
StoredMatrix row_major(int64_t rows, int64_t columns, bool turned) {
  return turned ? StoredMatrix{rows, columns, true} : StoredMatrix{columns, rows, false};
}

}  // namespace

ProductLayout product_layout(const kernels::GemmShape& shape) {
  return {.first = row_major(shape.k, shape.n, shape.transpose_b),
          .second = row_major(shape.m, shape.k, shape.transpose_a),
          .result = row_major(shape.m, shape.n, false)};
}

}  // namespace weft::cuda
