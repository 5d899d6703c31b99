#pragma once
// Convolution in one to three spatial dimensions, channels last.
#include <cstddef>
#include <cstdint>
#include <memory>

#include "weft/tensor/dtype.h"
#include "weft/tensor/region.h"

namespace weft::kernels {

/// y[n, o, f] = sum over c and kernel positions j of x[n, o * stride + j * dilation - pad_low, c] * w[f, c,
/// j], where positions outside the input count as zero. x `[batch, input..., in_channels]`, w `[out_channels,
/// in_channels, kernel...]`, y `[batch, output..., out_channels]`, row-major. `output` and `pad_low` are
/// explicit: rows of the input past the last window are allowed, and so are rows before the first (pad_low
/// negative); their gradient is zero. dilation 1 is dense. dtype is that of x and y: f32, bf16 or f64. w and
/// its gradient are f32 (f64 with f64).
struct ConvolutionShape {
  int64_t batch = 0;
  int64_t in_channels = 0;
  int64_t out_channels = 0;
  Dims input;
  Dims output;
  Dims kernel;
  Dims stride;
  Dims dilation;
  Dims pad_low;
  DType dtype = DType::f32;
  bool operator==(const ConvolutionShape&) const = default;

  Dims x_shape() const;
  Dims y_shape() const;
  Dims w_shape() const;
};

enum class ConvolutionPass : uint8_t { forward, backward_data, backward_weights };

/// One pass of one convolution, prepared once and run often. run() allocates nothing; one caller at a time.
class Convolution {
 public:
  /// Throws InternalError on inconsistent ranks, non-positive strides, dilations or kernels, or another
  /// dtype.
  Convolution(const ConvolutionShape& shape, ConvolutionPass pass);
  ~Convolution();
  Convolution(Convolution&& other) noexcept;
  Convolution& operator=(Convolution&& other) noexcept;

  /// Bytes that run() needs at `scratch`, 64-byte aligned; may be zero.
  int64_t scratch_bytes() const;
  /// Bytes that run() moves beyond each operand once: the weights in the other form, written and read.
  int64_t extra_bytes() const;
  /// The operand written is overwritten; none may overlap another.
  /// y from x and w. Only for ConvolutionPass::forward.
  void forward(const void* x, const void* w, void* y, std::byte* scratch) const;
  /// dx from dy and w. Only for ConvolutionPass::backward_data.
  void backward_data(const void* dy, const void* w, void* dx, std::byte* scratch) const;
  /// dw from x and dy. Only for ConvolutionPass::backward_weights.
  void backward_weights(const void* x, const void* dy, void* dw, std::byte* scratch) const;
  /// Which implementation runs, for reports: oneDNN's name of it, or "naive".
  const char* implementation() const;

 private:
  struct Body;
  std::unique_ptr<Body> body_;
};

/// The definitions: slow, summed in f64. What the tests compare Convolution with, and what runs f64.
void naive_convolution_forward(const ConvolutionShape& shape, const void* x, const void* w, void* y);
void naive_convolution_backward_data(const ConvolutionShape& shape, const void* dy, const void* w, void* dx);
void naive_convolution_backward_weights(const ConvolutionShape& shape, const void* x, const void* dy,
                                        void* dw);

}  // namespace weft::kernels
