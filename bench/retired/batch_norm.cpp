// src/weft/kernels/cpu/batch_norm.cpp of commit 81cde10, without f64.
#include "bench/retired/batch_norm.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "bench/retired/batch_norm.cpp"
#include <hwy/foreach_target.h>
// After foreach_target.
#include <hwy/highway.h>

#include <algorithm>
#include <cmath>

#include "bench/retired/batch_norm_lines.h"
#include "weft/base/check.h"
#include "weft/base/threads.h"
#include "weft/kernels/cpu/column_sums-inl.h"
#include "weft/kernels/cpu/lanes-inl.h"
#include "weft/kernels/dtype_dispatch.h"

HWY_BEFORE_NAMESPACE();
namespace weft::retired {
using namespace kernels;  // NOLINT(google-build-using-namespace): as it was
namespace HWY_NAMESPACE {
using namespace kernels::HWY_NAMESPACE;  // NOLINT(google-build-using-namespace): as it was
namespace hn = hwy::HWY_NAMESPACE;

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

/// Sums of dy and of dy * (x - mean); mean[j] belongs to column block.begin + j.
HWY_FLATTEN void gradient_sums(const View& dy, const View& x, const float* mean, const ColumnBlock& block,
                               ColumnSums& sums) {
  with_lane_type(x.type.dtype, [&](auto t) HWY_ATTR {
    using T = decltype(t);
    const auto term = [&](int64_t row, int64_t column, int64_t count) HWY_ATTR {
      const int64_t at = row * block.columns + column;
      const Floats g = load_floats(dy.as<T>() + at, count);
      const Floats middle = load_floats(mean + (column - block.begin), count);
      return TwoTerms{g, hn::Mul(g, hn::Sub(load_floats(x.as<T>() + at, count), middle))};
    };
    sum_columns(block, term, sums);
  });
}

/// out = x * lines.of_x + lines.constant in the columns of the block.
HWY_FLATTEN void apply_lines(const View& x, const ChannelLines& lines, const ColumnBlock& block,
                             const View& out) {
  with_lane_type(x.type.dtype, [&](auto t) HWY_ATTR {
    using T = decltype(t);
    for (int64_t row = block.row_begin; row < block.row_end; ++row) {
      const int64_t at = row * block.columns + block.begin;
      sweep(block.width(), [&](int64_t j, int64_t count) HWY_ATTR {
        const Floats constant_part = load_floats(lines.constant + j, count);
        const Floats v = load_floats(x.as<T>() + at + j, count);
        store_floats(hn::MulAdd(v, load_floats(lines.of_x + j, count), constant_part), out.as<T>() + at + j,
                     count);
      });
    }
  });
}

/// out = dy * lines.of_dy + x * lines.of_x + lines.constant in the columns of the block.
HWY_FLATTEN void apply_gradient_lines(const View& dy, const View& x, const ChannelLines& lines,
                                      const ColumnBlock& block, const View& out) {
  with_lane_type(x.type.dtype, [&](auto t) HWY_ATTR {
    using T = decltype(t);
    for (int64_t row = block.row_begin; row < block.row_end; ++row) {
      const int64_t at = row * block.columns + block.begin;
      sweep(block.width(), [&](int64_t j, int64_t count) HWY_ATTR {
        const Floats v = load_floats(x.as<T>() + at + j, count);
        const Floats of_x =
            hn::MulAdd(v, load_floats(lines.of_x + j, count), load_floats(lines.constant + j, count));
        const Floats g = load_floats(dy.as<T>() + at + j, count);
        store_floats(hn::MulAdd(g, load_floats(lines.of_dy + j, count), of_x), out.as<T>() + at + j, count);
      });
    }
  });
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace weft::retired
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace weft::retired {

namespace {

HWY_EXPORT(power_sums);
HWY_EXPORT(gradient_sums);
HWY_EXPORT(apply_lines);
HWY_EXPORT(apply_gradient_lines);

/// Mean and 1 / sqrt(variance + epsilon) of channel c.
struct Statistics {
  double mean;
  double rstd;
  Statistics(const float* sums, int64_t channels, int64_t c, double count, double epsilon)
      : mean(static_cast<double>(sums[c]) / count),
        rstd(1 / std::sqrt(std::max(0.0, static_cast<double>(sums[channels + c]) / count - mean * mean) +
                           epsilon)) {}
};

/// apply(lines, block) for blocks that cover all elems; set(lines, j, c) sets the lines of channel c, number
/// j of its block.
template <class Set, class Apply>
void in_channel_blocks(int64_t elems, int64_t channels, const Set& set, const Apply& apply) {
  if (channels == 0) return;
  const int64_t rows = elems / channels;
  parallel_for(rows, 1 + 8192 / channels, [&](int64_t row_begin, int64_t row_end) {
    for (int64_t begin = 0; begin < channels; begin += kColumnsAtOnce) {
      const ColumnBlock block{channels, begin, std::min(channels, begin + kColumnsAtOnce), row_begin,
                              row_end};
      ChannelLines lines;
      for (int64_t j = 0; j < block.width(); ++j) set(lines, j, begin + j);
      apply(lines, block);
    }
  });
}

}  // namespace

void bn_sums(const View& x, const View& sums) {
  const int64_t channels = sums.type.shape.back();
  if (channels == 0) return;
  WEFT_CHECK(x.elems() % channels == 0, "bn_sums of {} into {}", to_string(x.type), to_string(sums.type));
  const auto fill = [&](const ColumnBlock& block, ColumnSums& into) {
    HWY_DYNAMIC_DISPATCH(power_sums)(x, block, into);
  };
  for_column_sums(x.elems() / channels, channels, fill, [&](int64_t c, double first, double second) {
    sums.as<float>()[c] = static_cast<float>(first);
    sums.as<float>()[channels + c] = static_cast<float>(second);
  });
}

void bn_apply(const View& x, const View& sums, double count, const View& gamma, const View& beta,
              double epsilon, const View& y) {
  const int64_t channels = gamma.elems();
  const auto set = [&](ChannelLines& lines, int64_t j, int64_t c) {
    const Statistics s(sums.as<float>(), channels, c, count, epsilon);
    const double slope = s.rstd * static_cast<double>(gamma.as<float>()[c]);
    lines.of_x[j] = static_cast<float>(slope);
    lines.constant[j] = static_cast<float>(static_cast<double>(beta.as<float>()[c]) - s.mean * slope);
  };
  in_channel_blocks(x.elems(), channels, set, [&](const ChannelLines& lines, const ColumnBlock& block) {
    HWY_DYNAMIC_DISPATCH(apply_lines)(x, lines, block, y);
  });
}

void bn_backward_sums(const View& dy, const View& x, const View& sums, double count, double epsilon,
                      const View& out) {
  const int64_t channels = sums.type.shape.back();
  if (channels == 0) return;
  const auto fill = [&](const ColumnBlock& block, ColumnSums& into) {
    alignas(64) float mean[kColumnsAtOnce];
    for (int64_t j = 0; j < block.width(); ++j) {
      mean[j] = static_cast<float>(static_cast<double>(sums.as<float>()[block.begin + j]) / count);
    }
    HWY_DYNAMIC_DISPATCH(gradient_sums)(dy, x, mean, block, into);
  };
  for_column_sums(x.elems() / channels, channels, fill, [&](int64_t c, double first, double second) {
    const Statistics s(sums.as<float>(), channels, c, count, epsilon);
    out.as<float>()[c] = static_cast<float>(first);
    out.as<float>()[channels + c] = static_cast<float>(second * s.rstd);
  });
}

void bn_backward_input(const View& dy, const View& x, const View& sums, const View& back_sums,
                       const View& gamma, double count, double epsilon, const View& dx) {
  const int64_t channels = gamma.elems();
  const auto set = [&](ChannelLines& lines, int64_t j, int64_t c) {
    const Statistics s(sums.as<float>(), channels, c, count, epsilon);
    const double factor = s.rstd * static_cast<double>(gamma.as<float>()[c]);
    const double along = factor * s.rstd * static_cast<double>(back_sums.as<float>()[channels + c]) / count;
    lines.of_dy[j] = static_cast<float>(factor);
    lines.of_x[j] = static_cast<float>(-along);
    lines.constant[j] =
        static_cast<float>(along * s.mean - factor * static_cast<double>(back_sums.as<float>()[c]) / count);
  };
  in_channel_blocks(x.elems(), channels, set, [&](const ChannelLines& lines, const ColumnBlock& block) {
    HWY_DYNAMIC_DISPATCH(apply_gradient_lines)(dy, x, lines, block, dx);
  });
}

void bn_infer(const View& x, const View& running_mean, const View& running_var, const View& gamma,
              const View& beta, double epsilon, const View& y) {
  const auto set = [&](ChannelLines& lines, int64_t j, int64_t c) {
    const double slope = static_cast<double>(gamma.as<float>()[c]) /
                         std::sqrt(static_cast<double>(running_var.as<float>()[c]) + epsilon);
    lines.of_x[j] = static_cast<float>(slope);
    lines.constant[j] = static_cast<float>(static_cast<double>(beta.as<float>()[c]) -
                                           static_cast<double>(running_mean.as<float>()[c]) * slope);
  };
  in_channel_blocks(x.elems(), gamma.elems(), set, [&](const ChannelLines& lines, const ColumnBlock& block) {
    HWY_DYNAMIC_DISPATCH(apply_lines)(x, lines, block, y);
  });
}

void bn_backward_params(const View& back_sums, const View& dgamma, const View& dbeta) {
  const int64_t channels = dgamma.elems();
  with_floating(back_sums.type.dtype, [&](auto s) {
    using S = decltype(s);
    for (int64_t c = 0; c < channels; ++c) {
      dbeta.as<S>()[c] = back_sums.as<S>()[c];
      dgamma.as<S>()[c] = back_sums.as<S>()[channels + c];
    }
  });
}

void bn_update_running(const View& sums, double count, double momentum, const View& running_mean,
                       const View& running_var, const View& new_mean, const View& new_var) {
  const int64_t channels = running_mean.elems();
  with_floating(sums.type.dtype, [&](auto s) {
    using S = decltype(s);
    for (int64_t c = 0; c < channels; ++c) {
      const double mean = static_cast<double>(load(sums.as<S>(), c)) / count;
      const double square = static_cast<double>(load(sums.as<S>(), channels + c)) / count;
      const double variance = std::max(0.0, square - mean * mean) * count / std::max(1.0, count - 1);
      const auto blend = [&](const View& old, double now, const View& out) {
        const double kept = static_cast<double>(load(old.as<S>(), c));
        store(out.as<S>(), c, static_cast<Compute<S>>((1 - momentum) * kept + momentum * now));
      };
      blend(running_mean, mean, new_mean);
      blend(running_var, variance, new_var);
    }
  });
}

}  // namespace weft::retired
#endif
