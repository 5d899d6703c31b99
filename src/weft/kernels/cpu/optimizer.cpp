#include "weft/kernels/optimizer.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "weft/kernels/cpu/optimizer.cpp"
#include <hwy/foreach_target.h>
// After foreach_target.
#include <hwy/highway.h>

#include <algorithm>
#include <cmath>

#include "weft/base/check.h"
#include "weft/base/threads.h"
#include "weft/kernels/cpu/lanes-inl.h"
#include "weft/kernels/cpu/optimizer_factors.h"
#include "weft/kernels/optimizer_naive.h"

HWY_BEFORE_NAMESPACE();
namespace weft::kernels {
namespace HWY_NAMESPACE {
namespace {

HWY_FLATTEN void adamw_piece(const AdamWOperands& at, const AdamWFactors& by, int64_t begin, int64_t end) {
  const Floats grad_scale = hn::Set(Lanes(), by.grad_scale);
  const Floats beta1 = hn::Set(Lanes(), by.beta1);
  const Floats beta2 = hn::Set(Lanes(), by.beta2);
  const Floats rest1 = hn::Set(Lanes(), by.rest1);
  const Floats rest2 = hn::Set(Lanes(), by.rest2);
  const Floats decay = hn::Set(Lanes(), by.decay);
  const Floats size = hn::Set(Lanes(), by.size);
  const Floats root = hn::Set(Lanes(), by.root);
  const Floats epsilon = hn::Set(Lanes(), by.epsilon);
  sweep(end - begin, [&](int64_t j, int64_t count) HWY_ATTR {
    const int64_t i = begin + j;
    const Floats g = hn::Mul(load_floats(at.grad + i, count), grad_scale);
    const Floats m = hn::MulAdd(beta1, load_floats(at.m + i, count), hn::Mul(rest1, g));
    const Floats v = hn::MulAdd(beta2, load_floats(at.v + i, count), hn::Mul(hn::Mul(rest2, g), g));
    const Floats move = hn::Div(hn::Mul(size, m), hn::MulAdd(hn::Sqrt(v), root, epsilon));
    const Floats param = hn::Mul(load_floats(at.param + i, count), decay);
    store_floats(hn::Sub(param, move), at.new_param + i, count);
    store_floats(m, at.new_m + i, count);
    store_floats(v, at.new_v + i, count);
  });
}

HWY_FLATTEN void sgd_piece(const SgdOperands& at, const SgdFactors& by, int64_t begin, int64_t end) {
  const Floats grad_scale = hn::Set(Lanes(), by.grad_scale);
  const Floats momentum = hn::Set(Lanes(), by.momentum);
  const Floats weight_decay = hn::Set(Lanes(), by.weight_decay);
  const Floats rate = hn::Set(Lanes(), by.rate);
  sweep(end - begin, [&](int64_t j, int64_t count) HWY_ATTR {
    const int64_t i = begin + j;
    const Floats param = load_floats(at.param + i, count);
    const Floats g = hn::Mul(load_floats(at.grad + i, count), grad_scale);
    const Floats pull = hn::MulAdd(weight_decay, param, g);
    const Floats buffer = hn::MulAdd(momentum, load_floats(at.buffer + i, count), pull);
    store_floats(buffer, at.new_buffer + i, count);
    store_floats(hn::NegMulAdd(rate, buffer, param), at.new_param + i, count);
  });
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace weft::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace weft::kernels {

namespace {

HWY_EXPORT(adamw_piece);
HWY_EXPORT(sgd_piece);

constexpr int64_t kGrain = 16384;

using naive::scalar;

}  // namespace

void adamw(const View& param, const View& grad, const View& m, const View& v, const View& learning_rate,
           const View& step, const View& grad_scale, const View& new_param, const View& new_m,
           const View& new_v, const AdamW& options) {
  if (param.type.dtype == DType::f64 || !std::isfinite(scalar(grad_scale))) {
    return naive::adamw(param, grad, m, v, learning_rate, step, grad_scale, new_param, new_m, new_v, options);
  }
  WEFT_CHECK(grad.elems() == param.elems(), "adamw of {} with the gradient {}", to_string(param.type),
             to_string(grad.type));
  const auto count = static_cast<double>(*step.as<int64_t>());
  const double rate = scalar(learning_rate);
  const AdamWOperands at{param.as<float>(),     grad.as<float>(),  m.as<float>(),    v.as<float>(),
                         new_param.as<float>(), new_m.as<float>(), new_v.as<float>()};
  const AdamWFactors by{
      .grad_scale = static_cast<float>(scalar(grad_scale)),
      .beta1 = static_cast<float>(options.beta1),
      .beta2 = static_cast<float>(options.beta2),
      .rest1 = static_cast<float>(1 - options.beta1),
      .rest2 = static_cast<float>(1 - options.beta2),
      .decay = static_cast<float>(1 - rate * options.weight_decay),
      .size = static_cast<float>(rate / (1 - std::pow(options.beta1, count))),
      .root = static_cast<float>(1 / std::sqrt(1 - std::pow(options.beta2, count))),
      .epsilon = static_cast<float>(options.epsilon),
  };
  parallel_for(param.elems(), kGrain, [&](int64_t begin, int64_t end) {
    HWY_DYNAMIC_DISPATCH(adamw_piece)(at, by, begin, end);
  });
}

void sgd(const View& param, const View& grad, const View& momentum_buffer, const View& learning_rate,
         const View& grad_scale, const View& new_param, const View& new_momentum, const Sgd& options) {
  if (param.type.dtype == DType::f64 || !std::isfinite(scalar(grad_scale))) {
    return naive::sgd(param, grad, momentum_buffer, learning_rate, grad_scale, new_param, new_momentum,
                      options);
  }
  WEFT_CHECK(grad.elems() == param.elems(), "sgd of {} with the gradient {}", to_string(param.type),
             to_string(grad.type));
  const SgdOperands at{param.as<float>(), grad.as<float>(), momentum_buffer.as<float>(),
                       new_param.as<float>(), new_momentum.as<float>()};
  const SgdFactors by{
      .grad_scale = static_cast<float>(scalar(grad_scale)),
      .momentum = static_cast<float>(options.momentum),
      .weight_decay = static_cast<float>(options.weight_decay),
      .rate = static_cast<float>(scalar(learning_rate)),
  };
  parallel_for(param.elems(), kGrain, [&](int64_t begin, int64_t end) {
    HWY_DYNAMIC_DISPATCH(sgd_piece)(at, by, begin, end);
  });
}

void clip_factor(const View& sum_squares, double max_norm, const View& out) {
  const double squares = scalar(sum_squares);
  double factor = 1;
  if (!std::isfinite(squares)) {
    factor = std::nan("");
  } else if (max_norm > 0) {
    factor = std::min(1.0, max_norm / (std::sqrt(squares) + 1e-6));
  }
  if (out.type.dtype == DType::f64) {
    *out.as<double>() = factor;
  } else {
    *out.as<float>() = static_cast<float>(factor);
  }
}

}  // namespace weft::kernels
#endif
