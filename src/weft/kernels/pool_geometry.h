#pragma once
// Sizes of a pooling, and where its windows lie. Internal.
#include <algorithm>

#include "weft/base/check.h"
#include "weft/kernels/pooling.h"

namespace weft::kernels {

/// The positions of x that one window covers: ranges of three dimensions, possibly empty.
struct WindowBox {
  int64_t begin[3];
  int64_t end[3];
};

/// Sizes as three spatial dimensions: missing ones are 1, at the front.
struct PoolGeometry {
  int64_t batch, channels;
  int64_t in[3] = {1, 1, 1}, out[3] = {1, 1, 1}, kernel[3] = {1, 1, 1}, stride[3] = {1, 1, 1},
          pad[3] = {0, 0, 0};

  PoolGeometry(const Dims& x, const Dims& y, const Window& window) : batch(x.front()), channels(x.back()) {
    const size_t spatial = window.kernel.size();
    WEFT_CHECK(spatial <= 3 && x.size() == spatial + 2 && y.size() == x.size(), "pooling of {}",
               to_string(x));
    for (size_t d = 0; d < spatial; ++d) {
      const size_t at = 3 - spatial + d;
      in[at] = x[d + 1];
      out[at] = y[d + 1];
      kernel[at] = window.kernel[d];
      stride[at] = window.stride[d];
      pad[at] = window.pad_low[d];
    }
  }

  int64_t in_positions() const { return in[0] * in[1] * in[2]; }
  int64_t windows() const { return out[0] * out[1] * out[2]; }
  int64_t in_elems() const { return in_positions() * channels; }
  int64_t out_elems() const { return windows() * channels; }
  int64_t window_elems() const { return kernel[0] * kernel[1] * kernel[2]; }

  /// Window number `o` of a sample, cut to x.
  WindowBox box(int64_t o) const {
    const int64_t at[3] = {o / (out[1] * out[2]), o / out[2] % out[1], o % out[2]};
    WindowBox result;
    for (int d = 0; d < 3; ++d) {
      const int64_t start = at[d] * stride[d] - pad[d];
      result.begin[d] = std::max<int64_t>(0, start);
      result.end[d] = std::min(in[d], start + kernel[d]);
    }
    return result;
  }
  /// The windows, as ranges of the three dimensions of y, that cover position `p` of a sample.
  WindowBox windows_over(int64_t p) const {
    const int64_t at[3] = {p / (in[1] * in[2]), p / in[2] % in[1], p % in[2]};
    WindowBox result;
    for (int d = 0; d < 3; ++d) {
      // o * stride <= at + pad < o * stride + kernel
      const int64_t reach = at[d] + pad[d];
      result.begin[d] = reach < kernel[d] ? 0 : (reach - kernel[d]) / stride[d] + 1;
      result.end[d] = reach < 0 ? 0 : std::min(out[d], reach / stride[d] + 1);
    }
    return result;
  }
  /// Element of a sample at which the channels of a position begin.
  int64_t element(int64_t a, int64_t b, int64_t c) const { return ((a * in[1] + b) * in[2] + c) * channels; }
};

}  // namespace weft::kernels
