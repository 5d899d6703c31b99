#include "weft/kernels/layer_norm.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "weft/kernels/cpu/layer_norm.cpp"
#include <hwy/foreach_target.h>
// After foreach_target.
#include <hwy/highway.h>

#include <cmath>

#include "weft/base/check.h"
#include "weft/base/threads.h"
#include "weft/kernels/cpu/column_sums-inl.h"
#include "weft/kernels/cpu/lanes-inl.h"

HWY_BEFORE_NAMESPACE();
namespace weft::kernels {
namespace HWY_NAMESPACE {
namespace {

struct Affine {
  const float* gamma;
  const float* beta;
  int64_t width;
};

template <class T>
HWY_INLINE void normalize_row(const T* x, const Affine& affine, float epsilon, T* y, float* mean,
                              float* rstd) {
  const int64_t n = affine.width;
  Floats sum = constant(0);
  sweep(n, [&](int64_t j, int64_t count) HWY_ATTR { sum = hn::Add(sum, load_floats(x + j, count)); });
  const float center = sum_of_lanes(sum) / static_cast<float>(n);
  const Floats middle = hn::Set(Lanes(), center);
  Floats square = constant(0);
  sweep(n, [&](int64_t j, int64_t count) HWY_ATTR {
    const Floats v = keep_first(hn::Sub(load_floats(x + j, count), middle), count);
    square = hn::MulAdd(v, v, square);
  });
  const float scale = 1 / std::sqrt(sum_of_lanes(square) / static_cast<float>(n) + epsilon);
  const Floats by = hn::Set(Lanes(), scale);
  sweep(n, [&](int64_t j, int64_t count) HWY_ATTR {
    const Floats normal = hn::Mul(hn::Sub(load_floats(x + j, count), middle), by);
    const Floats gamma = load_floats(affine.gamma + j, count);
    store_floats(hn::MulAdd(normal, gamma, load_floats(affine.beta + j, count)), y + j, count);
  });
  *mean = center;
  *rstd = scale;
}

/// One row of a gradient; `added` is null where there is nothing to add to.
template <class T>
struct GradientRow {
  const T* dy;
  const T* x;
  const T* added;
  const float* gamma;
  int64_t width;
  float mean;
  float rstd;
};

template <class T>
HWY_INLINE void gradient_row(const GradientRow<T>& row, T* dx) {
  const int64_t n = row.width;
  const Floats middle = hn::Set(Lanes(), row.mean);
  const Floats by = hn::Set(Lanes(), row.rstd);
  Floats sum = constant(0);
  Floats product = constant(0);
  sweep(n, [&](int64_t j, int64_t count) HWY_ATTR {
    const Floats g = hn::Mul(load_floats(row.dy + j, count), load_floats(row.gamma + j, count));
    sum = hn::Add(sum, g);
    product = hn::MulAdd(g, hn::Mul(hn::Sub(load_floats(row.x + j, count), middle), by), product);
  });
  const Floats average = hn::Set(Lanes(), sum_of_lanes(sum) / static_cast<float>(n));
  const Floats slope = hn::Set(Lanes(), sum_of_lanes(product) / static_cast<float>(n));
  const auto gradient_at = [&](int64_t j, int64_t count) HWY_ATTR {
    const Floats g = hn::Mul(load_floats(row.dy + j, count), load_floats(row.gamma + j, count));
    const Floats normal = hn::Mul(hn::Sub(load_floats(row.x + j, count), middle), by);
    return hn::Mul(by, hn::Sub(g, hn::MulAdd(normal, slope, average)));
  };
  if (row.added == nullptr) {
    sweep(n, [&](int64_t j, int64_t count) HWY_ATTR { store_floats(gradient_at(j, count), dx + j, count); });
  } else {
    sweep(n, [&](int64_t j, int64_t count) HWY_ATTR {
      store_floats(hn::Add(load_floats(row.added + j, count), gradient_at(j, count)), dx + j, count);
    });
  }
}

HWY_FLATTEN void normalize_rows(const LayerNormOperands& in, const View& y, const View& mean,
                                const View& rstd, int64_t begin, int64_t end) {
  const Affine affine{in.gamma.as<float>(), in.beta.as<float>(), in.gamma.elems()};
  with_lane_type(in.x.type.dtype, [&](auto t) HWY_ATTR {
    using T = decltype(t);
    for (int64_t row = begin; row < end; ++row) {
      float center = 0;
      float scale = 0;
      normalize_row(in.x.as<T>() + row * affine.width, affine, static_cast<float>(in.epsilon),
                    y.as<T>() + row * affine.width, &center, &scale);
      if (mean.data != nullptr) mean.as<float>()[row] = center;
      if (rstd.data != nullptr) rstd.as<float>()[row] = scale;
    }
  });
}

HWY_FLATTEN void gradient_rows(const LayerNormGradient& in, const View& dx, int64_t begin, int64_t end) {
  const int64_t width = in.gamma.elems();
  with_lane_type(in.x.type.dtype, [&](auto t) HWY_ATTR {
    using T = decltype(t);
    for (int64_t row = begin; row < end; ++row) {
      const int64_t at = row * width;
      gradient_row(
          GradientRow<T>{in.dy.as<T>() + at, in.x.as<T>() + at,
                         in.added.data == nullptr ? nullptr : in.added.as<T>() + at, in.gamma.as<float>(),
                         width, in.mean.as<float>()[row], in.rstd.as<float>()[row]},
          dx.as<T>() + at);
    }
  });
}

HWY_FLATTEN void parameter_sums(const View& dy, const View& x, const View& mean, const View& rstd,
                                const ColumnBlock& block, ColumnSums& sums) {
  with_lane_type(x.type.dtype, [&](auto t) HWY_ATTR {
    using T = decltype(t);
    const auto term = [&](int64_t row, int64_t column, int64_t count) HWY_ATTR {
      const int64_t at = row * block.columns + column;
      const Floats g = load_floats(dy.as<T>() + at, count);
      const Floats centered =
          hn::Sub(load_floats(x.as<T>() + at, count), hn::Set(Lanes(), mean.as<float>()[row]));
      return TwoTerms{hn::Mul(g, hn::Mul(centered, hn::Set(Lanes(), rstd.as<float>()[row]))), g};
    };
    sum_columns(block, term, sums);
  });
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace weft::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace weft::kernels {

namespace {

HWY_EXPORT(normalize_rows);
HWY_EXPORT(gradient_rows);
HWY_EXPORT(parameter_sums);

/// Rows of one piece: about 16 thousand elements, so that a piece outweighs starting it.
int64_t rows_at_once(int64_t width) { return 1 + 16384 / (1 + width); }

}  // namespace

void layer_norm(const LayerNormOperands& in, const View& y, const View& mean, const View& rstd) {
  WEFT_CHECK(in.x.elems() == in.rows * in.gamma.elems(), "layer_norm of {} by {}", to_string(in.x.type),
             to_string(in.gamma.type));
  parallel_for(in.rows, rows_at_once(in.gamma.elems()), [&](int64_t begin, int64_t end) {
    HWY_DYNAMIC_DISPATCH(normalize_rows)(in, y, mean, rstd, begin, end);
  });
}

void layer_norm_backward_input(const LayerNormGradient& in, const View& dx) {
  WEFT_CHECK(in.x.elems() == in.mean.elems() * in.gamma.elems(), "layer_norm_backward_input of {} by {}",
             to_string(in.x.type), to_string(in.gamma.type));
  parallel_for(in.mean.elems(), rows_at_once(in.gamma.elems()), [&](int64_t begin, int64_t end) {
    HWY_DYNAMIC_DISPATCH(gradient_rows)(in, dx, begin, end);
  });
}

void layer_norm_backward_params(const View& dy, const View& x, const View& mean, const View& rstd,
                                const View& dgamma, const View& dbeta) {
  WEFT_CHECK(x.elems() == mean.elems() * dgamma.elems(), "layer_norm_backward_params of {} by {}",
             to_string(x.type), to_string(dgamma.type));
  const auto fill = [&](const ColumnBlock& block, ColumnSums& sums) {
    HWY_DYNAMIC_DISPATCH(parameter_sums)(dy, x, mean, rstd, block, sums);
  };
  for_column_sums(mean.elems(), dgamma.elems(), fill, [&](int64_t column, double first, double second) {
    dgamma.as<float>()[column] = static_cast<float>(first);
    if (dbeta.data != nullptr) dbeta.as<float>()[column] = static_cast<float>(second);
  });
}

}  // namespace weft::kernels
#endif
