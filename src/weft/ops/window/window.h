#pragma once
// Sliding windows over the spatial dimensions of channels-last tensors: what convolutions and pools share.
#include <string_view>

#include "weft/graph/op.h"

namespace weft {

/// As callers give it: one number a spatial dimension. An empty list means 1 (stride, dilation) or 0
/// (padding).
struct WindowOptions {
  Dims stride;
  Dims pad_low;
  Dims pad_high;
  Dims dilation;
};

/// Position k of window o lies at o * stride + k * dilation - pad_low of the input. The number of windows is
/// explicit, because a part of a tensor has another number than its own size would give; pad_low of a part
/// may be negative.
struct WindowGeometry {
  Dims output;
  Dims kernel;
  Dims stride;
  Dims dilation;
  Dims pad_low;

  template <class Visitor, class Geometry>
  static void visit(Visitor& v, Geometry& geometry) {
    v("output", geometry.output, "number of windows, by spatial dimension");
    v("kernel", geometry.kernel, "positions of a window");
    v("stride", geometry.stride, "from one window to the next");
    v("dilation", geometry.dilation, "from one position of a window to the next");
    v("pad_low", geometry.pad_low,
      "positions of the first window before the first element; negative where it begins later");
  }
};

/// Throws UserError, naming `op`, for options that do not fit `input` (spatial sizes) or leave no window.
WindowGeometry window_geometry(std::string_view op, const Dims& input, const Dims& kernel,
                               const WindowOptions& options);

/// Throws UserError, naming `op`, where `shape` is not [N, spatial..., C] in 1 to 3 dimensions or the
/// geometry is not of as many: an op that is made from attributes may hold anything.
void expect_windows(std::string_view op, const WindowGeometry& geometry, const Dims& shape);

/// Sizes between the first and the last dimension of a channels-last shape.
Dims spatial_of(const Dims& shape);
/// [outer, spatial..., channels].
Dims with_spatial(int64_t outer, const Dims& spatial, int64_t channels);

/// One axis o0, o1, … (free) or k0, k1, … (whole) for each spatial dimension.
void append_output_axes(std::vector<Axis>& axes, const WindowGeometry& geometry);
void append_kernel_axes(std::vector<Axis>& axes, const WindowGeometry& geometry);
/// The map of the windowed operand, [axis n, o * stride + k * dilation - pad_low, axis c].
OperandMap windowed_map(const WindowGeometry& geometry, int n, int first_o, int first_k, int c);
/// The map [axis n, o…, axis c].
OperandMap window_output_map(const WindowGeometry& geometry, int n, int first_o, int c);

/// The windows between a region of the input and a region of the output, both channels-last.
WindowGeometry local_geometry(const WindowGeometry& geometry, const Region& input, const Region& output);

}  // namespace weft
