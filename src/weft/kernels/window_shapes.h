#pragma once
// What the kernels of sliding windows ask, from the attributes and the operands of an op.
#include "weft/kernels/convolution.h"
#include "weft/kernels/pooling.h"
#include "weft/ops/window/window.h"

namespace weft::kernels {

/// From the types of x and y.
inline ConvolutionShape convolution_shape(const WindowGeometry& geometry, const TensorType& x,
                                          const TensorType& y) {
  return {.batch = x.shape[0],
          .in_channels = x.shape.back(),
          .out_channels = y.shape.back(),
          .input = spatial_of(x.shape),
          .output = geometry.output,
          .kernel = geometry.kernel,
          .stride = geometry.stride,
          .dilation = geometry.dilation,
          .pad_low = geometry.pad_low,
          .dtype = x.dtype};
}

inline Window pooling_window(const WindowGeometry& geometry) {
  return {geometry.kernel, geometry.stride, geometry.pad_low};
}

}  // namespace weft::kernels
