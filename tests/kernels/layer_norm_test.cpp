#include "weft/kernels/layer_norm.h"

#include "tests/kernels/tensor.h"
#include "weft/kernels/layer_norm_naive.h"

namespace weft::kernels {
namespace {

using testing::expect_close;
using testing::Tensor;

struct Operands {
  Tensor x, dy, gamma, beta, y, mean, rstd;
  Operands(DType dtype, int64_t rows, int64_t n)
      : x(Tensor::random(dtype, {rows, n}, 1, 1, 4)),
        dy(Tensor::random(dtype, {rows, n}, 2)),
        gamma(Tensor::random(DType::f32, {n}, 3)),
        beta(Tensor::random(DType::f32, {n}, 4)),
        y(dtype, {rows, n}),
        mean(DType::f32, {rows}),
        rstd(DType::f32, {rows}) {}
};

void compare(DType dtype, int64_t rows, int64_t n) {
  SCOPED_TRACE(std::to_string(rows) + " rows of " + std::to_string(n));
  Operands fast(dtype, rows, n), plain(dtype, rows, n);
  // A large epsilon: with one column the variance is 0, and 1 / sqrt(1e-5) would magnify rounding three
  // hundred times.
  layer_norm(fast.x, fast.gamma, fast.beta, fast.y, fast.mean, fast.rstd, 0.1);
  naive::layer_norm(plain.x, plain.gamma, plain.beta, plain.y, plain.mean, plain.rstd, 0.1);
  expect_close(fast.y, plain.y);
  expect_close(fast.mean, plain.mean);
  expect_close(fast.rstd, plain.rstd);

  Tensor dx(dtype, {rows, n}), plain_dx(dtype, {rows, n});
  layer_norm_backward_input(plain.dy, plain.x, plain.gamma, plain.mean, plain.rstd, dx);
  naive::layer_norm_backward_input(plain.dy, plain.x, plain.gamma, plain.mean, plain.rstd, plain_dx);
  expect_close(dx, plain_dx);

  Tensor dgamma(DType::f32, {n}), dbeta(DType::f32, {n}), plain_dgamma(DType::f32, {n}),
      plain_dbeta(DType::f32, {n});
  layer_norm_backward_params(plain.dy, plain.x, plain.mean, plain.rstd, dgamma, dbeta);
  naive::layer_norm_backward_params(plain.dy, plain.x, plain.mean, plain.rstd, plain_dgamma, plain_dbeta);
  expect_close(dgamma, plain_dgamma);
  expect_close(dbeta, plain_dbeta);
}

TEST(LayerNorm, AgreesWithItsDefinitionOnOddShapes) {
  for (const DType dtype : testing::kFastTypes) {
    for (const int64_t n : testing::kOddSizes) {
      for (const int64_t rows : {0, 1, 7, 301}) compare(dtype, rows, n);
    }
  }
}

TEST(LayerNorm, WorksInPlace) {
  Operands apart(DType::f32, 5, 37), same(DType::f32, 5, 37);
  layer_norm(apart.x, apart.gamma, apart.beta, apart.y, apart.mean, apart.rstd, 1e-5);
  layer_norm(same.x, same.gamma, same.beta, same.x, same.mean, same.rstd, 1e-5);
  testing::expect_equal(same.x, apart.y);
  Tensor dx(DType::f32, {5, 37});
  const Tensor x = Tensor::random(DType::f32, {5, 37}, 1);
  layer_norm_backward_input(apart.dy, x, apart.gamma, apart.mean, apart.rstd, dx);
  layer_norm_backward_input(same.dy, x, apart.gamma, apart.mean, apart.rstd, same.dy);
  testing::expect_equal(same.dy, dx);
}

TEST(LayerNorm, LongColumnsKeepTheirPrecision) {
  // One running sum of f32 would be off by about 1.
  const int64_t rows = 100003;
  const Tensor dy =
      Tensor::of(DType::f32, {rows, 3}, std::vector<double>(static_cast<size_t>(3 * rows), 0.1));
  const Tensor zeros(DType::f32, {rows});
  Tensor dgamma(DType::f32, {3}), dbeta(DType::f32, {3});
  layer_norm_backward_params(dy, dy, zeros, zeros, dgamma, dbeta);
  for (int64_t j = 0; j < 3; ++j) EXPECT_NEAR(dbeta.get(j), 0.1 * static_cast<double>(rows), 0.01);
}

}  // namespace
}  // namespace weft::kernels
