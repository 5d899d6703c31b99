#include "weft/kernels/batch_norm.h"

#include "tests/kernels/golden.h"
#include "tests/kernels/tensor.h"
#include "weft/kernels/batch_norm_naive.h"

namespace weft::kernels {
namespace {

using testing::expect_close;
using testing::expect_equal;
using testing::Tensor;

// Large enough that a single row, whose variance is 0, does not magnify rounding.
constexpr double kEpsilon = 0.1;

void compare(DType dtype, int64_t rows, int64_t channels) {
  SCOPED_TRACE(std::to_string(rows) + " rows of " + std::to_string(channels));
  const auto count = static_cast<double>(rows);
  const Dims shape{rows, channels}, pair{2, channels}, line{channels};
  const Tensor x = Tensor::random(dtype, shape, 1, -1, 3), dy = Tensor::random(dtype, shape, 2);
  const Tensor gamma = Tensor::random(DType::f32, line, 3), beta = Tensor::random(DType::f32, line, 4);
  const Tensor mean = Tensor::random(DType::f32, line, 5),
               variance = Tensor::random(DType::f32, line, 6, 0.5, 2);
  Tensor sums(DType::f32, pair), plain_sums(DType::f32, pair), y(dtype, shape), plain_y(dtype, shape);
  bn_sums(x, sums);
  naive::bn_sums(x, plain_sums);
  expect_close(sums, plain_sums, 4e-6);
  bn_apply(x, plain_sums, count, gamma, beta, kEpsilon, y);
  naive::bn_apply(x, plain_sums, count, gamma, beta, kEpsilon, plain_y);
  expect_close(y, plain_y);
  Tensor back(DType::f32, pair), plain_back(DType::f32, pair), dx(dtype, shape), plain_dx(dtype, shape);
  bn_backward_sums(dy, x, plain_sums, count, kEpsilon, back);
  naive::bn_backward_sums(dy, x, plain_sums, count, kEpsilon, plain_back);
  expect_close(back, plain_back, 8e-6);
  bn_backward_input(dy, x, plain_sums, plain_back, gamma, count, kEpsilon, dx);
  naive::bn_backward_input(dy, x, plain_sums, plain_back, gamma, count, kEpsilon, plain_dx);
  expect_close(dx, plain_dx);
  bn_infer(x, mean, variance, gamma, beta, kEpsilon, y);
  naive::bn_infer(x, mean, variance, gamma, beta, kEpsilon, plain_y);
  expect_close(y, plain_y);
  bn_infer(x, mean, variance, gamma, beta, kEpsilon, x);
  expect_equal(x, y);
}

TEST(BatchNorm, AgreesWithItsDefinitionOnOddShapes) {
  for (const DType dtype : testing::kFastTypes) {
    for (const int64_t channels : {1, 3, 16, 65, 300}) {
      for (const int64_t rows : {1, 2, 7, 301, 1007}) compare(dtype, rows, channels);
    }
  }
}

TEST(BatchNorm, NoRowsGiveNoSums) {
  Tensor sums = Tensor::random(DType::f32, {2, 3}, 1);
  bn_sums(Tensor(DType::bf16, {0, 3}), sums);
  expect_equal(sums, Tensor(DType::f32, {2, 3}));
}

TEST(BatchNorm, TrainsAsPyTorchDoes) {
  const testing::Golden golden;
  for (const DType dtype : {DType::f32, DType::f64}) {
    const auto given = [&](const std::string& name, Dims shape) {
      return Tensor::of(dtype, std::move(shape), golden["bn." + name]);
    };
    const double tolerance = dtype == DType::f64 ? 1e-10 : 2e-6;
    const Tensor x = given("x", {6, 5}), dy = given("dy", {6, 5});
    const Tensor gamma = given("weight", {5}), beta = given("bias", {5});
    Tensor sums(dtype, {2, 5}), back(dtype, {2, 5}), y(dtype, {6, 5}), dx(dtype, {6, 5});
    Tensor dgamma(dtype, {5}), dbeta(dtype, {5}), mean(dtype, {5}), variance(dtype, {5});
    bn_sums(x, sums);
    bn_apply(x, sums, 6, gamma, beta, 1e-3, y);
    expect_close(y, given("y", {6, 5}), tolerance);
    bn_backward_sums(dy, x, sums, 6, 1e-3, back);
    bn_backward_input(dy, x, sums, back, gamma, 6, 1e-3, dx);
    expect_close(dx, given("dx", {6, 5}), tolerance);
    bn_backward_params(back, dgamma, dbeta);
    expect_close(dgamma, given("dgamma", {5}), tolerance);
    expect_close(dbeta, given("dbeta", {5}), tolerance);
    bn_update_running(sums, 6, 0.2, given("running_mean", {5}), given("running_var", {5}), mean, variance);
    expect_close(mean, given("new_mean", {5}), tolerance);
    expect_close(variance, given("new_var", {5}), tolerance);
  }
}

}  // namespace
}  // namespace weft::kernels
