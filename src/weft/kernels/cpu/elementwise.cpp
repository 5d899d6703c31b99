#include "weft/kernels/elementwise.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "weft/kernels/cpu/elementwise.cpp"
#include <hwy/foreach_target.h>
// After foreach_target.
#include <hwy/contrib/math/math-inl.h>
#include <hwy/highway.h>

#include <algorithm>

#include "weft/base/check.h"
#include "weft/base/threads.h"
#include "weft/kernels/cpu/elementwise_pairs.h"
#include "weft/kernels/cpu/gelu_vector.h"
#include "weft/kernels/cpu/lanes-inl.h"
#include "weft/kernels/cpu/pieces.h"
#include "weft/kernels/dtype_dispatch.h"
#include "weft/kernels/elementwise_naive.h"

HWY_BEFORE_NAMESPACE();
namespace weft::kernels {
namespace HWY_NAMESPACE {
namespace {

template <class A, class B>
HWY_INLINE void combine(Pairing pairing, const A* a, const B* b, int64_t n, A* out) {
  switch (pairing) {
    case Pairing::sum:
      return sweep(n, [&](int64_t i, int64_t count) HWY_ATTR {
        store_floats(hn::Add(load_floats(a + i, count), load_floats(b + i, count)), out + i, count);
      });
    case Pairing::product:
      return sweep(n, [&](int64_t i, int64_t count) HWY_ATTR {
        store_floats(hn::Mul(load_floats(a + i, count), load_floats(b + i, count)), out + i, count);
      });
    case Pairing::tanh_slope:
      return sweep(n, [&](int64_t i, int64_t count) HWY_ATTR {
        const Floats y = load_floats(b + i, count);
        store_floats(hn::Mul(load_floats(a + i, count), hn::NegMulAdd(y, y, constant(1))), out + i, count);
      });
    case Pairing::where_positive:
      return sweep(n, [&](int64_t i, int64_t count) HWY_ATTR {
        const auto positive = hn::Gt(load_floats(b + i, count), constant(0));
        store_floats(hn::IfThenElseZero(positive, load_floats(a + i, count)), out + i, count);
      });
  }
}

/// Elements [begin, end) of a with those of b, which repeats after `period`.
HWY_FLATTEN void combine_piece(Pairing pairing, const View& a, const View& b, int64_t period, const View& out,
                               int64_t begin, int64_t end) {
  with_lane_type(a.type.dtype, [&](auto ta) HWY_ATTR {
    with_lane_type(b.type.dtype, [&](auto tb) HWY_ATTR {
      using A = decltype(ta);
      for (int64_t i = begin; i < end;) {
        const int64_t phase = i % period;
        const int64_t n = std::min(end - i, period - phase);
        combine(pairing, a.as<A>() + i, b.as<decltype(tb)>() + phase, n, out.as<A>() + i);
        i += n;
      }
    });
  });
}

HWY_FLATTEN void add_n_piece(std::span<const View> in, const View& out, int64_t begin, int64_t end) {
  with_lane_type(out.type.dtype, [&](auto t) HWY_ATTR {
    using T = decltype(t);
    sweep(end - begin, [&](int64_t j, int64_t count) HWY_ATTR {
      const int64_t i = begin + j;
      Floats sum = constant(0);
      for (const View& view : in) sum = hn::Add(sum, load_floats(view.as<T>() + i, count));
      store_floats(sum, out.as<T>() + i, count);
    });
  });
}

/// out = factor * x, in out's dtype.
HWY_FLATTEN void scale_piece(const View& x, float factor, const View& out, int64_t begin, int64_t end) {
  const Floats by = hn::Set(Lanes(), factor);
  with_lane_type(x.type.dtype, [&](auto from) HWY_ATTR {
    with_lane_type(out.type.dtype, [&](auto to) HWY_ATTR {
      sweep(end - begin, [&](int64_t j, int64_t count) HWY_ATTR {
        const Floats v = load_floats(x.as<decltype(from)>() + begin + j, count);
        store_floats(hn::Mul(v, by), out.as<decltype(to)>() + begin + j, count);
      });
    });
  });
}

HWY_FLATTEN void relu_piece(const View& x, const View& out, int64_t begin, int64_t end) {
  with_lane_type(x.type.dtype, [&](auto t) HWY_ATTR {
    using T = decltype(t);
    sweep(end - begin, [&](int64_t j, int64_t count) HWY_ATTR {
      const Floats v = load_floats(x.as<T>() + begin + j, count);
      store_floats(hn::Max(v, constant(0)), out.as<T>() + begin + j, count);
    });
  });
}

HWY_FLATTEN void tanh_piece(const View& x, const View& out, int64_t begin, int64_t end) {
  with_lane_type(x.type.dtype, [&](auto t) HWY_ATTR {
    using T = decltype(t);
    sweep(end - begin, [&](int64_t j, int64_t count) HWY_ATTR {
      const Floats v = load_floats(x.as<T>() + begin + j, count);
      store_floats(hn::Tanh(Lanes(), v), out.as<T>() + begin + j, count);
    });
  });
}

/// Sum of x, or of its squares, over [begin, end).
HWY_FLATTEN double sum_piece(const View& x, bool squares, int64_t begin, int64_t end) {
  double total = 0;
  with_lane_type(x.type.dtype, [&](auto t) HWY_ATTR {
    for (int64_t at = begin; at < end; at += kElemsInFloat) {
      Floats sum = constant(0);
      sweep(std::min(kElemsInFloat, end - at), [&](int64_t j, int64_t count) HWY_ATTR {
        const Floats v = load_floats(x.as<decltype(t)>() + at + j, count);
        sum = squares ? hn::MulAdd(v, v, sum) : hn::Add(v, sum);
      });
      total += static_cast<double>(sum_of_lanes(sum));
    }
  });
  return total;
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace weft::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace weft::kernels {

namespace {

HWY_EXPORT(combine_piece);
HWY_EXPORT(add_n_piece);
HWY_EXPORT(scale_piece);
HWY_EXPORT(relu_piece);
HWY_EXPORT(tanh_piece);
HWY_EXPORT(sum_piece);

bool is_f64(const View& view) { return view.type.dtype == DType::f64; }

void expect_lanes(const View& view) {
  WEFT_CHECK(view.type.dtype == DType::f32 || view.type.dtype == DType::bf16, "an elementwise body on {}",
             to_string(view.type));
}

void combine(Pairing pairing, const View& a, const View& b, const View& out) {
  expect_lanes(a);
  expect_lanes(b);
  if (a.elems() == 0) return;
  const int64_t period = b.elems();
  WEFT_CHECK(period > 0 && a.elems() % period == 0, "{} beside {}", to_string(a.type), to_string(b.type));
  parallel_for(a.elems(), kElemsAtOnce, [&](int64_t begin, int64_t end) {
    HWY_DYNAMIC_DISPATCH(combine_piece)(pairing, a, b, period, out, begin, end);
  });
}

double sum_of(const View& x, bool squares) {
  return sum_of_pieces(x.elems(), [&](int64_t begin, int64_t end) {
    return HWY_DYNAMIC_DISPATCH(sum_piece)(x, squares, begin, end);
  });
}

}  // namespace

void add(const View& a, const View& b, const View& out) { combine(Pairing::sum, a, b, out); }

void multiply(const View& a, const View& b, const View& out) { combine(Pairing::product, a, b, out); }

void tanh_backward(const View& dy, const View& y, const View& dx) { combine(Pairing::tanh_slope, dy, y, dx); }

void relu_backward(const View& dy, const View& y, const View& dx) {
  combine(Pairing::where_positive, dy, y, dx);
}

void add_n(std::span<const View> in, const View& out) {
  if (is_f64(out)) return naive::add_n(in, out);
  parallel_for(out.elems(), kElemsAtOnce, [&](int64_t begin, int64_t end) {
    HWY_DYNAMIC_DISPATCH(add_n_piece)(in, out, begin, end);
  });
}

void scale(const View& x, double factor, const View& out) {
  expect_lanes(x);
  parallel_for(x.elems(), kElemsAtOnce, [&](int64_t begin, int64_t end) {
    HWY_DYNAMIC_DISPATCH(scale_piece)(x, static_cast<float>(factor), out, begin, end);
  });
}

void fill(const View& out, double value) {
  with_floating(out.type.dtype, [&](auto t) {
    using T = decltype(t);
    parallel_for(out.elems(), kElemsAtOnce, [&](int64_t begin, int64_t end) {
      std::fill(out.as<T>() + begin, out.as<T>() + end, T(static_cast<Compute<T>>(value)));
    });
  });
}

void cast(const View& x, const View& out) {
  expect_lanes(x);
  expect_lanes(out);
  parallel_for(x.elems(), kElemsAtOnce, [&](int64_t begin, int64_t end) {
    HWY_DYNAMIC_DISPATCH(scale_piece)(x, 1.0f, out, begin, end);
  });
}

void relu(const View& x, const View& out) {
  expect_lanes(x);
  parallel_for(x.elems(), kElemsAtOnce, [&](int64_t begin, int64_t end) {
    HWY_DYNAMIC_DISPATCH(relu_piece)(x, out, begin, end);
  });
}

void tanh(const View& x, const View& out) {
  expect_lanes(x);
  parallel_for(x.elems(), kElemsAtOnce, [&](int64_t begin, int64_t end) {
    HWY_DYNAMIC_DISPATCH(tanh_piece)(x, out, begin, end);
  });
}

void gelu(const View& x, const View& out, bool tanh_form) {
  expect_lanes(x);
  gelu_vector(x, out, tanh_form);
}

void gelu_backward(const View& dy, const View& x, const View& dx, bool tanh_form) {
  expect_lanes(x);
  gelu_backward_vector(dy, x, dx, tanh_form);
}

void sum_squares(const View& x, const View& out) {
  expect_lanes(x);
  *out.as<float>() = static_cast<float>(sum_of(x, true));
}

void reduce_sum(const View& x, const View& out, double factor) {
  expect_lanes(x);
  *out.as<float>() = static_cast<float>(factor * sum_of(x, false));
}

}  // namespace weft::kernels
#endif
