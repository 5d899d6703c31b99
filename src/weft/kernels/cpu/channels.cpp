#include "weft/kernels/channels.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "weft/kernels/cpu/channels.cpp"
#include <hwy/foreach_target.h>
// After foreach_target.
#include <hwy/highway.h>

#include <algorithm>
#include <tuple>
#include <type_traits>
#include <utility>

#include "weft/base/threads.h"
#include "weft/kernels/cpu/column_sums-inl.h"
#include "weft/kernels/cpu/lanes-inl.h"
#include "weft/kernels/dtype_dispatch.h"

HWY_BEFORE_NAMESPACE();
namespace weft::kernels {
namespace HWY_NAMESPACE {
namespace {

HWY_FLATTEN void power_sums(const View& x, const ColumnBlock& block, ColumnSums& sums) {
  with_lane_type(x.type.dtype, [&](auto t) HWY_ATTR {
    const auto term = [&](int64_t row, int64_t column, int64_t count) HWY_ATTR {
      const Floats v = load_floats(x.as<decltype(t)>() + row * block.columns + column, count);
      return TwoTerms{v, hn::Mul(v, v)};
    };
    sum_columns(block, term, sums);
  });
}

HWY_FLATTEN void gradient_sums(const View& dy, const View& x, const View& mean, const ColumnBlock& block,
                               ColumnSums& sums) {
  with_lane_type(x.type.dtype, [&](auto t) HWY_ATTR {
    using T = decltype(t);
    const auto term = [&](int64_t row, int64_t column, int64_t count) HWY_ATTR {
      const int64_t at = row * block.columns + column;
      const Floats g = load_floats(dy.as<T>() + at, count);
      const Floats middle = load_floats(mean.as<float>() + column, count);
      return TwoTerms{g, hn::Mul(g, hn::Sub(load_floats(x.as<T>() + at, count), middle))};
    };
    sum_columns(block, term, sums);
  });
}

/// Elements [c, c + ...) of all rows; lines(channel, count) loads what holds for some channels, and returns
/// what runs on `count` elements of them at a time: of as many vectors as there are numbers. By value: it
/// stays in registers.
template <class Lines, size_t... kVectors>
HWY_INLINE void for_vectors(int64_t row_begin, int64_t row_end, int64_t channels, int64_t c,
                            const Lines& lines, std::index_sequence<kVectors...> /*numbers*/) {
  const int64_t width = lane_count();
  const std::tuple runs(lines(c + static_cast<int64_t>(kVectors) * width, width)...);
  for (int64_t row = row_begin; row < row_end; ++row) {
    const int64_t at = row * channels + c;
    (std::get<kVectors>(runs)(at + static_cast<int64_t>(kVectors) * width, width), ...);
  }
}

/// Four vectors of a row at a time, so that memory is walked in order where channels are few. Few rows at
/// once where they are many: the rows are walked again for the next channels.
template <class Lines>
HWY_INLINE void for_rows(int64_t row_begin, int64_t row_end, int64_t channels, const Lines& lines) {
  const int64_t width = lane_count();
  const int64_t rows_at_once = channels <= 4 * width ? row_end - row_begin : 1 + 2048 / channels;
  for (int64_t begin = row_begin; begin < row_end; begin += rows_at_once) {
    const int64_t end = std::min(row_end, begin + rows_at_once);
    int64_t c = 0;
    for (; c + 4 * width <= channels; c += 4 * width) {
      for_vectors(begin, end, channels, c, lines, std::make_index_sequence<4>());
    }
    for (; c + 2 * width <= channels; c += 2 * width) {
      for_vectors(begin, end, channels, c, lines, std::make_index_sequence<2>());
    }
    for (; c + width <= channels; c += width) {
      for_vectors(begin, end, channels, c, lines, std::make_index_sequence<1>());
    }
    if (c == channels) continue;
    const auto run = lines(c, channels - c);
    for (int64_t row = begin; row < end; ++row) run(row * channels + c, channels - c);
  }
}

HWY_FLATTEN void scale_rows(const View& x, const View& mean, const View& slope, const View& shift,
                            int64_t row_begin, int64_t row_end, const View& y) {
  with_lane_type(x.type.dtype, [&](auto t) HWY_ATTR {
    using T = decltype(t);
    const auto lines = [&](int64_t c, int64_t n) HWY_ATTR {
      const Floats m = load_floats(mean.as<float>() + c, n);
      const Floats s = load_floats(slope.as<float>() + c, n);
      const Floats b = load_floats(shift.as<float>() + c, n);
      // x - m first keeps what of f32 is left near m. Elements of bf16 are coarser than what one line loses.
      constexpr bool kLine = std::is_same_v<T, BFloat16>;
      const Floats at_zero = hn::NegMulAdd(m, s, b);
      return [m, s, b, at_zero, from = x.as<T>(), to = y.as<T>()](int64_t at, int64_t count) HWY_ATTR {
        const Floats v = load_floats(from + at, count);
        store_floats(kLine ? hn::MulAdd(v, s, at_zero) : hn::MulAdd(hn::Sub(v, m), s, b), to + at, count);
      };
    };
    for_rows(row_begin, row_end, mean.elems(), lines);
  });
}

HWY_FLATTEN void gradient_rows(const View& dy, const View& x, const ChannelGradient& by, int64_t row_begin,
                               int64_t row_end, const View& dx) {
  with_lane_type(x.type.dtype, [&](auto t) HWY_ATTR {
    using T = decltype(t);
    const auto lines = [&](int64_t c, int64_t n) HWY_ATTR {
      const Floats s = load_floats(by.slope.as<float>() + c, n);
      const Floats p = load_floats(by.of_sums.as<float>() + c, n);
      const Floats q = load_floats(by.of_squares.as<float>() + c, n);
      const Floats twice = hn::Add(q, q);
      return [s, p, twice, g = dy.as<T>(), v = x.as<T>(), to = dx.as<T>()](int64_t at, int64_t count)
                 HWY_ATTR {
                   const Floats of_x = hn::MulAdd(load_floats(v + at, count), twice, p);
                   store_floats(hn::MulAdd(load_floats(g + at, count), s, of_x), to + at, count);
                 };
    };
    for_rows(row_begin, row_end, by.slope.elems(), lines);
  });
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace weft::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace weft::kernels {

namespace {

HWY_EXPORT(power_sums);
HWY_EXPORT(gradient_sums);
HWY_EXPORT(scale_rows);
HWY_EXPORT(gradient_rows);

/// Of each channel, of which there is at least one.
template <class Fill>
void two_sums(const View& x, const View& first, const View& second, const Fill& fill) {
  const int64_t channels = first.elems();
  if (channels == 0) return;
  for_column_sums(x.elems() / channels, channels, fill, [&](int64_t c, double a, double b) {
    first.as<float>()[c] = static_cast<float>(a);
    second.as<float>()[c] = static_cast<float>(b);
  });
}

template <class Rows>
void for_row_pieces(const View& x, int64_t channels, const Rows& rows) {
  if (channels > 0) parallel_for(x.elems() / channels, 1 + 8192 / channels, rows);
}

}  // namespace

void channel_power_sums(const View& x, const View& sums, const View& squares) {
  two_sums(x, sums, squares, [&](const ColumnBlock& block, ColumnSums& into) {
    HWY_DYNAMIC_DISPATCH(power_sums)(x, block, into);
  });
}

void channel_gradient_sums(const View& dy, const View& x, const View& mean, const View& sums,
                           const View& products) {
  two_sums(x, sums, products, [&](const ColumnBlock& block, ColumnSums& into) {
    HWY_DYNAMIC_DISPATCH(gradient_sums)(dy, x, mean, block, into);
  });
}

void scale_channels(const View& x, const View& mean, const View& slope, const View& shift, const View& y) {
  for_row_pieces(x, mean.elems(), [&](int64_t begin, int64_t end) {
    HWY_DYNAMIC_DISPATCH(scale_rows)(x, mean, slope, shift, begin, end, y);
  });
}

void channel_gradient(const View& dy, const View& x, const ChannelGradient& by, const View& dx) {
  for_row_pieces(x, by.slope.elems(), [&](int64_t begin, int64_t end) {
    HWY_DYNAMIC_DISPATCH(gradient_rows)(dy, x, by, begin, end, dx);
  });
}

}  // namespace weft::kernels
#endif
