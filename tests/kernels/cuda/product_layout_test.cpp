#include "weft/kernels/cuda/product_layout.h"

#include <gtest/gtest.h>

#include "tests/kernels/tensor.h"

namespace weft::cuda {
namespace {

using testing::Tensor;

/// Element (r, c) of matrix p as it enters the product.
double element(const StoredMatrix& matrix, const Tensor& data, int64_t p, int64_t r, int64_t c) {
  if (matrix.transposed) std::swap(r, c);
  EXPECT_TRUE(r < matrix.rows && c < matrix.columns);
  return data.get(p * matrix.batch_stride() + c * matrix.rows + r);
}

/// What a column-major library makes of the layout.
Tensor column_major(const ProductLayout& layout, int64_t batch, const Tensor& first, const Tensor& second) {
  const int64_t inner = layout.first.transposed ? layout.first.rows : layout.first.columns;
  Tensor out(DType::f64, {batch, layout.result.columns, layout.result.rows});
  for (int64_t p = 0; p < batch; ++p) {
    for (int64_t r = 0; r < layout.result.rows; ++r) {
      for (int64_t c = 0; c < layout.result.columns; ++c) {
        double sum = 0;
        for (int64_t l = 0; l < inner; ++l) {
          sum += element(layout.first, first, p, r, l) * element(layout.second, second, p, l, c);
        }
        out.set(p * layout.result.batch_stride() + c * layout.result.rows + r, sum);
      }
    }
  }
  return out;
}

TEST(CudaProductLayout, MakesTheRowMajorProductOfAColumnMajorOne) {
  for (const bool transpose_a : {false, true}) {
    for (const bool transpose_b : {false, true}) {
      const kernels::GemmShape shape{.batch = 2,
                                     .m = 3,
                                     .n = 5,
                                     .k = 7,
                                     .transpose_a = transpose_a,
                                     .transpose_b = transpose_b,
                                     .in = DType::f64,
                                     .out = DType::f64};
      const Tensor a = Tensor::random(DType::f64, {2 * 3 * 7}, 1);
      const Tensor b = Tensor::random(DType::f64, {2 * 7 * 5}, 2);
      const Tensor want(DType::f64, {2, 3, 5});
      kernels::naive_gemm(shape, a.view().data, b.view().data, want.view().data);
      testing::expect_close(column_major(product_layout(shape), shape.batch, b, a), want, 1e-14);
    }
  }
}

}  // namespace
}  // namespace weft::cuda
