#include <vector>

#include "weft/base/threads.h"
#include "weft/kernels/convolution.h"
#include "weft/kernels/dtype_dispatch.h"
#include "weft/kernels/reference/in_f64.h"
#include "weft/kernels/window_shapes.h"
#include "weft/ops/window/convolution.h"
#include "weft/ops/window/convolution_backward.h"

namespace weft::kernels {

namespace {

/// Sizes as three spatial dimensions: missing ones are 1, at the front.
struct Geometry {
  int64_t batch, in_channels, out_channels;
  int64_t in[3] = {1, 1, 1}, out[3] = {1, 1, 1}, kernel[3] = {1, 1, 1};
  int64_t stride[3] = {1, 1, 1}, dilation[3] = {1, 1, 1}, pad[3] = {0, 0, 0};

  explicit Geometry(const ConvolutionShape& shape)
      : batch(shape.batch), in_channels(shape.in_channels), out_channels(shape.out_channels) {
    const size_t spatial = shape.kernel.size();
    for (size_t d = 0; d < spatial; ++d) {
      const size_t at = 3 - spatial + d;
      in[at] = shape.input[d];
      out[at] = shape.output[d];
      kernel[at] = shape.kernel[d];
      stride[at] = shape.stride[d];
      dilation[at] = shape.dilation[d];
      pad[at] = shape.pad_low[d];
    }
  }
  int64_t in_points() const { return in[0] * in[1] * in[2]; }
  int64_t out_points() const { return out[0] * out[1] * out[2]; }
  int64_t taps() const { return kernel[0] * kernel[1] * kernel[2]; }

  /// The input point that tap `tap` of window `window` reads, or -1 outside.
  int64_t point(int64_t window, int64_t tap) const {
    const int64_t o[3] = {window / (out[1] * out[2]), window / out[2] % out[1], window % out[2]};
    const int64_t k[3] = {tap / (kernel[1] * kernel[2]), tap / kernel[2] % kernel[1], tap % kernel[2]};
    int64_t at = 0;
    for (int d = 0; d < 3; ++d) {
      const int64_t i = o[d] * stride[d] + k[d] * dilation[d] - pad[d];
      if (i < 0 || i >= in[d]) return -1;
      at = at * in[d] + i;
    }
    return at;
  }
};

}  // namespace

void naive_convolution_forward(const ConvolutionShape& shape, const void* x, const void* w, void* y) {
  const Geometry g(shape);
  with_floating(shape.dtype, [&](auto t) {
    using T = decltype(t);
    using W = Compute<T>;
    parallel_for(g.batch * g.out_points(), 1, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) {
        const T* sample = static_cast<const T*>(x) + i / g.out_points() * g.in_points() * g.in_channels;
        for (int64_t f = 0; f < g.out_channels; ++f) {
          double sum = 0;
          for (int64_t tap = 0; tap < g.taps(); ++tap) {
            const int64_t point = g.point(i % g.out_points(), tap);
            if (point < 0) continue;
            for (int64_t c = 0; c < g.in_channels; ++c) {
              sum += static_cast<double>(load(sample, point * g.in_channels + c)) *
                     static_cast<double>(static_cast<const W*>(w)[(f * g.in_channels + c) * g.taps() + tap]);
            }
          }
          store(static_cast<T*>(y), i * g.out_channels + f, static_cast<W>(sum));
        }
      }
    });
  });
}

void naive_convolution_backward_data(const ConvolutionShape& shape, const void* dy, const void* w, void* dx) {
  const Geometry g(shape);
  with_floating(shape.dtype, [&](auto t) {
    using T = decltype(t);
    using W = Compute<T>;
    parallel_for(g.batch, 1, [&](int64_t begin, int64_t end) {
      std::vector<double> sums(static_cast<size_t>(g.in_points() * g.in_channels));
      for (int64_t n = begin; n < end; ++n) {
        std::fill(sums.begin(), sums.end(), 0.0);
        for (int64_t o = 0; o < g.out_points(); ++o) {
          for (int64_t tap = 0; tap < g.taps(); ++tap) {
            const int64_t point = g.point(o, tap);
            if (point < 0) continue;
            for (int64_t f = 0; f < g.out_channels; ++f) {
              const double grad = static_cast<double>(
                  load(static_cast<const T*>(dy), (n * g.out_points() + o) * g.out_channels + f));
              for (int64_t c = 0; c < g.in_channels; ++c) {
                sums[static_cast<size_t>(point * g.in_channels + c)] +=
                    grad *
                    static_cast<double>(static_cast<const W*>(w)[(f * g.in_channels + c) * g.taps() + tap]);
              }
            }
          }
        }
        T* out = static_cast<T*>(dx) + n * g.in_points() * g.in_channels;
        for (size_t i = 0; i < sums.size(); ++i) store(out, static_cast<int64_t>(i), static_cast<W>(sums[i]));
      }
    });
  });
}

void naive_convolution_backward_weights(const ConvolutionShape& shape, const void* x, const void* dy,
                                        void* dw) {
  const Geometry g(shape);
  with_floating(shape.dtype, [&](auto t) {
    using T = decltype(t);
    using W = Compute<T>;
    parallel_for(g.out_channels * g.taps(), 1, [&](int64_t begin, int64_t end) {
      std::vector<double> sums(static_cast<size_t>(g.in_channels));
      for (int64_t i = begin; i < end; ++i) {
        const int64_t f = i / g.taps();
        const int64_t tap = i % g.taps();
        std::fill(sums.begin(), sums.end(), 0.0);
        for (int64_t o = 0; o < g.batch * g.out_points(); ++o) {
          const int64_t point = g.point(o % g.out_points(), tap);
          if (point < 0) continue;
          const double grad = static_cast<double>(load(static_cast<const T*>(dy), o * g.out_channels + f));
          const T* in =
              static_cast<const T*>(x) + (o / g.out_points() * g.in_points() + point) * g.in_channels;
          for (int64_t c = 0; c < g.in_channels; ++c) {
            sums[static_cast<size_t>(c)] += grad * static_cast<double>(load(in, c));
          }
        }
        for (int64_t c = 0; c < g.in_channels; ++c) {
          static_cast<W*>(dw)[(f * g.in_channels + c) * g.taps() + tap] =
              static_cast<W>(sums[static_cast<size_t>(c)]);
        }
      }
    });
  });
}

}  // namespace weft::kernels

namespace weft::reference {

namespace {

kernels::ConvolutionShape shape_of(const WindowGeometry& geometry, const TensorType& x, const TensorType& y) {
  return kernels::convolution_shape(geometry, widened(x), widened(y));
}

Kernel bind_forward(const Convolution& op, const BindRequest& request) {
  const auto shape = shape_of(op.geometry, request.inputs[0], request.outputs[0]);
  return in_f64(request, [shape](const KernelContext& context) {
    kernels::naive_convolution_forward(shape, context.inputs[0].data, context.inputs[1].data,
                                       context.outputs[0].data);
  });
}

Kernel bind_input(const ConvolutionBackwardInput& op, const BindRequest& request) {
  const auto shape = shape_of(op.geometry, request.outputs[0], request.inputs[0]);
  return in_f64(request, [shape](const KernelContext& context) {
    kernels::naive_convolution_backward_data(shape, context.inputs[0].data, context.inputs[1].data,
                                             context.outputs[0].data);
  });
}

Kernel bind_weight(const ConvolutionBackwardWeight& op, const BindRequest& request) {
  const auto shape = shape_of(op.geometry, request.inputs[0], request.inputs[1]);
  return in_f64(request, [shape](const KernelContext& context) {
    kernels::naive_convolution_backward_weights(shape, context.inputs[0].data, context.inputs[1].data,
                                                context.outputs[0].data);
  });
}

}  // namespace

void register_convolution(Device& device) {
  device.add<Convolution>(bind_forward);
  device.add<ConvolutionBackwardInput>(bind_input);
  device.add<ConvolutionBackwardWeight>(bind_weight);
}

}  // namespace weft::reference
