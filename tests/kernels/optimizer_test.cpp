#include "weft/kernels/optimizer.h"

#include <limits>

#include "tests/golden.h"
#include "tests/kernels/tensor.h"
#include "weft/kernels/optimizer_naive.h"

namespace weft::kernels {
namespace {

using testing::expect_close;
using testing::expect_equal;
using testing::Tensor;

constexpr AdamW kAdamW{0.9, 0.95, 1e-8, 0.1};
constexpr Sgd kSgd{0.9, 0.01};

struct Operands {
  Tensor param, grad, m, v, rate, step, grad_scale;
  explicit Operands(int64_t n, double scale = 0.5)
      : param(Tensor::random(DType::f32, {n}, 1)),
        grad(Tensor::random(DType::f32, {n}, 2)),
        m(Tensor::random(DType::f32, {n}, 3)),
        v(Tensor::random(DType::f32, {n}, 4, 0, 2)),
        rate(Tensor::scalar(DType::f32, 0.01)),
        step(Tensor::scalar(DType::i64, 3)),
        grad_scale(Tensor::scalar(DType::f32, scale)) {}
};

TEST(AdamW, AgreesWithItsDefinitionOnOddSizes) {
  for (const int64_t n : {0, 1, 3, 17, 1007, 40009}) {
    const Operands in(n);
    Tensor p(DType::f32, {n}), m(DType::f32, {n}), v(DType::f32, {n});
    Tensor plain_p(DType::f32, {n}), plain_m(DType::f32, {n}), plain_v(DType::f32, {n});
    adamw(in.param, in.grad, in.m, in.v, in.rate, in.step, in.grad_scale, p, m, v, kAdamW);
    naive::adamw(in.param, in.grad, in.m, in.v, in.rate, in.step, in.grad_scale, plain_p, plain_m, plain_v,
                 kAdamW);
    expect_close(p, plain_p);
    expect_close(m, plain_m);
    expect_close(v, plain_v);
    adamw(in.param, in.grad, in.m, in.v, in.rate, in.step, in.grad_scale, in.param, in.m, in.v, kAdamW);
    expect_equal(in.param, p);
    expect_equal(in.m, m);
    expect_equal(in.v, v);
  }
}

TEST(Sgd, AgreesWithItsDefinitionOnOddSizes) {
  for (const int64_t n : {0, 1, 3, 17, 1007, 40009}) {
    const Operands in(n);
    Tensor p(DType::f32, {n}), buffer(DType::f32, {n}), plain_p(DType::f32, {n}),
        plain_buffer(DType::f32, {n});
    sgd(in.param, in.grad, in.m, in.rate, in.grad_scale, p, buffer, kSgd);
    naive::sgd(in.param, in.grad, in.m, in.rate, in.grad_scale, plain_p, plain_buffer, kSgd);
    expect_close(p, plain_p);
    expect_close(buffer, plain_buffer);
    sgd(in.param, in.grad, in.m, in.rate, in.grad_scale, in.param, in.m, kSgd);
    expect_equal(in.param, p);
    expect_equal(in.m, buffer);
  }
}

TEST(Optimizers, SkipAStepWhoseGradientsAreNotFinite) {
  for (const double scale : {std::nan(""), std::numeric_limits<double>::infinity()}) {
    const Operands in(21, scale);
    Tensor p(DType::f32, {21}), m(DType::f32, {21}), v(DType::f32, {21});
    adamw(in.param, in.grad, in.m, in.v, in.rate, in.step, in.grad_scale, p, m, v, kAdamW);
    expect_equal(p, in.param);
    expect_equal(m, in.m);
    expect_equal(v, in.v);
    Tensor q(DType::f32, {21}), buffer(DType::f32, {21});
    sgd(in.param, in.grad, in.m, in.rate, in.grad_scale, q, buffer, kSgd);
    expect_equal(q, in.param);
    expect_equal(buffer, in.m);
  }
}

TEST(AdamW, TakesTheStepsOfPyTorch) {
  const testing::Golden golden("tests/kernels/golden.txt");
  const auto n = static_cast<int64_t>(golden["adamw.start"].size());
  for (const DType dtype : {DType::f32, DType::f64}) {
    Tensor param = Tensor::of(dtype, {n}, golden["adamw.start"]);
    Tensor m(dtype, {n}), v(dtype, {n});
    const Tensor rate = Tensor::scalar(dtype, 0.01), one = Tensor::scalar(dtype, 1);
    for (int step = 1; step <= 3; ++step) {
      const Tensor grad = Tensor::of(dtype, {n}, golden["adamw.grad" + std::to_string(step)]);
      const Tensor number = Tensor::scalar(DType::i64, step);
      adamw(param, grad, m, v, rate, number, one, param, m, v, {0.9, 0.99, 1e-8, 0.1});
    }
    // f64: the file holds 12 digits. f32: three steps of a few roundings each.
    expect_close(param, Tensor::of(dtype, {n}, golden["adamw.end"]), dtype == DType::f64 ? 1e-11 : 1e-6);
  }
}

TEST(Sgd, TakesTheStepsOfPyTorch) {
  const testing::Golden golden("tests/kernels/golden.txt");
  const auto n = static_cast<int64_t>(golden["adamw.start"].size());
  for (const DType dtype : {DType::f32, DType::f64}) {
    Tensor param = Tensor::of(dtype, {n}, golden["adamw.start"]);
    Tensor buffer(dtype, {n});
    const Tensor rate = Tensor::scalar(dtype, 0.05), one = Tensor::scalar(dtype, 1);
    for (int step = 1; step <= 3; ++step) {
      const Tensor grad = Tensor::of(dtype, {n}, golden["adamw.grad" + std::to_string(step)]);
      sgd(param, grad, buffer, rate, one, param, buffer, {0.9, 0.01});
    }
    expect_close(param, Tensor::of(dtype, {n}, golden["sgd.end"]), dtype == DType::f64 ? 1e-11 : 1e-6);
  }
}

double clip(double squares, double max_norm) {
  Tensor out(DType::f32, {});
  clip_factor(Tensor::scalar(DType::f32, squares), max_norm, out);
  return out.get(0);
}

TEST(ClipFactor, BringsLongGradientsToTheNorm) {
  EXPECT_EQ(clip(0.25, 1), 1);
  EXPECT_NEAR(clip(16, 1), 0.25, 1e-6);
  EXPECT_EQ(clip(16, 0), 1);
  EXPECT_EQ(clip(0, 1), 1);
  EXPECT_TRUE(std::isnan(clip(std::numeric_limits<double>::infinity(), 1)));
  EXPECT_TRUE(std::isnan(clip(std::nan(""), 0)));
}

}  // namespace
}  // namespace weft::kernels
