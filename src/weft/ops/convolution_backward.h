#pragma once
#include "weft/graph/graph.h"
#include "weft/kernels/convolution.h"
#include "weft/ops/window.h"

namespace weft {

/// dx of the shape `x` from dy [N, windows..., F] and weight [F, C, kernel...].
ValueId convolution_backward_input(GraphBuilder& build, ValueId dy, ValueId weight,
                                   const WindowGeometry& geometry, const Dims& x);
/// dweight, of the statistics dtype, from x [N, spatial..., C] and dy.
ValueId convolution_backward_weight(GraphBuilder& build, ValueId x, ValueId dy,
                                    const WindowGeometry& geometry);

/// The index map of the three passes over (x, weight, y): axes n, o…, f, c, k….
struct ConvolutionMap {
  std::vector<Axis> axes;
  OperandMap x, weight, y;
};
ConvolutionMap convolution_map(const WindowGeometry& geometry, int64_t batch, int64_t in_channels,
                               int64_t out_channels);

/// What the kernels ask, from the types of x and y.
kernels::ConvolutionShape convolution_shape(const WindowGeometry& geometry, const TensorType& x,
                                            const TensorType& y);

}  // namespace weft
