#include "weft/kernels/middle_axes.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "weft/kernels/cpu/middle_axes.cpp"
#include <hwy/foreach_target.h>
// After foreach_target.
#include <hwy/highway.h>

#include <algorithm>
#include <cstring>

#include "weft/base/threads.h"
#include "weft/kernels/cpu/lanes-inl.h"
#include "weft/kernels/cpu/pieces.h"

HWY_BEFORE_NAMESPACE();
namespace weft::kernels {
namespace HWY_NAMESPACE {
namespace {

/// Sums of `rows` rows, a row `stride` elements after the other: of kVectors whole vectors, or of the first
/// `count` elements of one. Several rows side by side where there are few vectors, because an addition takes
/// longer than a load.
template <int kVectors, class T>
HWY_INLINE void add_rows(const T* x, int64_t stride, int64_t rows, int64_t count, float* sums) {
  constexpr int kAtOnce = 4 / kVectors;
  Floats sum[kAtOnce][kVectors];
  for (auto& of_row : sum) {
    for (Floats& s : of_row) s = constant(0);
  }
  const auto load = [&](int64_t row, int v) HWY_ATTR {
    const T* from = x + row * stride + v * lane_count();
    return kVectors == 1 ? load_floats(from, count) : load_floats(from);
  };
  int64_t row = 0;
  for (; row + kAtOnce <= rows; row += kAtOnce) {
    for (int r = 0; r < kAtOnce; ++r) {
      for (int v = 0; v < kVectors; ++v) sum[r][v] = hn::Add(sum[r][v], load(row + r, v));
    }
  }
  for (; row < rows; ++row) {
    for (int v = 0; v < kVectors; ++v) sum[0][v] = hn::Add(sum[0][v], load(row, v));
  }
  for (int v = 0; v < kVectors; ++v) {
    Floats total = sum[0][v];
    for (int r = 1; r < kAtOnce; ++r) total = hn::Add(total, sum[r][v]);
    store_floats(total, sums + v * lane_count());
  }
}

/// factor * the sums of all rows, in blocks short enough for f32.
template <int kVectors, class T, class R>
HWY_INLINE void sum_rows(const T* x, const MiddleAxes& axes, int64_t count, float factor, R* out) {
  HWY_ALIGN float sums[4 * HWY_MAX_BYTES / sizeof(float)];
  const int64_t rows = std::min(axes.middle, kElemsInFloat);
  add_rows<kVectors>(x, axes.inner, rows, count, sums);
  if (rows < axes.middle) {
    double totals[4 * HWY_MAX_BYTES / sizeof(float)] = {};
    for (int64_t at = rows; at < axes.middle + kElemsInFloat; at += kElemsInFloat) {
      for (int64_t c = 0; c < count; ++c) totals[c] += static_cast<double>(sums[c]);
      if (at >= axes.middle) break;
      add_rows<kVectors>(x + at * axes.inner, axes.inner, std::min(axes.middle - at, kElemsInFloat), count,
                         sums);
    }
    for (int64_t c = 0; c < count; ++c) sums[c] = static_cast<float>(totals[c]);
  }
  const Floats by = hn::Set(Lanes(), factor);
  sweep(count, [&](int64_t c, int64_t n)
                   HWY_ATTR { store_floats(hn::Mul(load_floats(sums + c, n), by), out + c, n); });
}

template <class T, class R>
HWY_INLINE void sum_outer(const T* x, const MiddleAxes& axes, float factor, R* out) {
  const int64_t width = lane_count();
  int64_t c = 0;
  for (; c + 4 * width <= axes.inner; c += 4 * width) sum_rows<4>(x + c, axes, 4 * width, factor, out + c);
  for (; c + 2 * width <= axes.inner; c += 2 * width) sum_rows<2>(x + c, axes, 2 * width, factor, out + c);
  for (; c < axes.inner; c += width)
    sum_rows<1>(x + c, axes, std::min(width, axes.inner - c), factor, out + c);
}

HWY_FLATTEN void sums_of(const View& x, const MiddleAxes& axes, float factor, const View& out, int64_t begin,
                         int64_t end) {
  with_lane_type(x.type.dtype, [&](auto t) HWY_ATTR {
    with_lane_type(out.type.dtype, [&](auto r) HWY_ATTR {
      for (int64_t n = begin; n < end; ++n) {
        sum_outer(x.as<decltype(t)>() + n * axes.middle * axes.inner, axes, factor,
                  out.as<decltype(r)>() + n * axes.inner);
      }
    });
  });
}

HWY_FLATTEN void scaled_row(const View& x, int64_t at, int64_t n, float factor, std::byte* out) {
  const Floats by = hn::Set(Lanes(), factor);
  with_lane_type(x.type.dtype, [&](auto t) HWY_ATTR {
    using T = decltype(t);
    sweep(n, [&](int64_t c, int64_t count) HWY_ATTR {
      const Floats v = hn::Mul(load_floats(x.as<T>() + at + c, count), by);
      store_floats(v, reinterpret_cast<T*>(out) + c, count);
    });
  });
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace weft::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace weft::kernels {

namespace {

HWY_EXPORT(sums_of);
HWY_EXPORT(scaled_row);

/// Bytes that are copied at once: rows of few channels are repeated until they are as many.
constexpr int64_t kPattern = 4096;

int64_t outer_at_once(const MiddleAxes& axes) { return 1 + kElemsAtOnce / (1 + axes.middle * axes.inner); }

/// One row [inner] of x into the rows [middle, inner] of out.
void repeat_row(const View& x, int64_t outer, const MiddleAxes& axes, float factor, const View& out) {
  alignas(64) std::byte pattern[kPattern];
  const int64_t size = bytes_of(x.type.dtype);
  const int64_t columns_at_once = kPattern / size;
  std::byte* to = out.data + outer * axes.middle * axes.inner * size;
  for (int64_t c = 0; c < axes.inner; c += columns_at_once) {
    const int64_t n = std::min(columns_at_once, axes.inner - c);
    HWY_DYNAMIC_DISPATCH(scaled_row)(x, outer * axes.inner + c, n, factor, pattern);
    if (n < axes.inner) {
      for (int64_t p = 0; p < axes.middle; ++p) {
        std::memcpy(to + (p * axes.inner + c) * size, pattern, static_cast<size_t>(n * size));
      }
      continue;
    }
    const int64_t row = n * size, all = axes.middle * row;
    const int64_t filled = std::min(kPattern / row * row, all);
    for (int64_t at = row; at < filled; at += row)
      std::memcpy(pattern + at, pattern, static_cast<size_t>(row));
    for (int64_t at = 0; at < all; at += filled) {
      std::memcpy(to + at, pattern, static_cast<size_t>(std::min(filled, all - at)));
    }
  }
}

}  // namespace

void sum_middle(const View& x, const MiddleAxes& axes, double factor, const View& out) {
  parallel_for(axes.outer, outer_at_once(axes), [&](int64_t begin, int64_t end) {
    HWY_DYNAMIC_DISPATCH(sums_of)(x, axes, static_cast<float>(factor), out, begin, end);
  });
}

void repeat_middle(const View& x, const MiddleAxes& axes, double factor, const View& out) {
  if (axes.middle == 0) return;
  parallel_for(axes.outer, outer_at_once(axes), [&](int64_t begin, int64_t end) {
    for (int64_t n = begin; n < end; ++n) repeat_row(x, n, axes, static_cast<float>(factor), out);
  });
}

}  // namespace weft::kernels
#endif
