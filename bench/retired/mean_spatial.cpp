// src/weft/kernels/cpu/mean_spatial.cpp of commit 81cde10, without f64.
#include "bench/retired/mean_spatial.h"

#include <algorithm>

#include "weft/base/threads.h"
#include "weft/kernels/dtype_dispatch.h"

namespace weft::retired {

using namespace kernels;  // NOLINT(google-build-using-namespace): as it was

namespace {

/// Channels summed side by side: what stays in registers and on the stack.
constexpr int64_t kBlock = 64;

int64_t positions_of(const View& x) {
  const int64_t ends = x.type.shape.front() * x.type.shape.back();
  return ends == 0 ? 0 : x.elems() / ends;
}

}  // namespace

void mean_spatial(const View& x, int64_t count, const View& y) {
  const int64_t channels = x.type.shape.back();
  const int64_t positions = positions_of(x);
  with_floating(x.type.dtype, [&](auto zero) {
    using T = decltype(zero);
    parallel_for(x.type.shape.front(), 1, [&](int64_t begin, int64_t end) {
      for (int64_t n = begin; n < end; ++n) {
        for (int64_t c0 = 0; c0 < channels; c0 += kBlock) {
          const int64_t width = std::min(kBlock, channels - c0);
          Compute<T> sums[kBlock] = {};
          for (int64_t p = 0; p < positions; ++p) {
            const T* row = x.as<T>() + (n * positions + p) * channels + c0;
            for (int64_t c = 0; c < width; ++c) sums[c] += load(row, c);
          }
          for (int64_t c = 0; c < width; ++c) {
            store(y.as<T>(), n * channels + c0 + c, sums[c] / static_cast<Compute<T>>(count));
          }
        }
      }
    });
  });
}

void mean_spatial_backward(const View& dy, int64_t count, const View& dx) {
  const int64_t channels = dx.type.shape.back();
  const int64_t positions = positions_of(dx);
  with_floating(dx.type.dtype, [&](auto zero) {
    using T = decltype(zero);
    const auto factor = static_cast<Compute<T>>(1) / static_cast<Compute<T>>(count);
    parallel_for(dx.type.shape.front(), 1, [&](int64_t begin, int64_t end) {
      for (int64_t row = begin * positions; row < end * positions; ++row) {
        const T* from = dy.as<T>() + row / positions * channels;
        for (int64_t c = 0; c < channels; ++c) store(dx.as<T>(), row * channels + c, load(from, c) * factor);
      }
    });
  });
}

}  // namespace weft::retired
