#include "weft/ops/window/window.h"

#include <fmt/format.h>

#include <algorithm>

#include "weft/base/check.h"

namespace weft {

namespace {

Dims or_default(const Dims& given, size_t rank, int64_t value) {
  return given.empty() ? Dims(rank, value) : given;
}

}  // namespace

WindowGeometry window_geometry(std::string_view op, const Dims& input, const Dims& kernel,
                               const WindowOptions& options) {
  const size_t rank = input.size();
  WindowGeometry geometry{{},
                          kernel,
                          or_default(options.stride, rank, 1),
                          or_default(options.dilation, rank, 1),
                          or_default(options.pad_low, rank, 0)};
  const Dims pad_high = or_default(options.pad_high, rank, 0);
  for (const Dims& dims : {kernel, geometry.stride, geometry.dilation, geometry.pad_low, pad_high}) {
    if (dims.size() != rank) {
      user_error("{}: got the window sizes {} over {}, expected {} of them.", op, to_string(dims),
                 to_string(input), rank);
    }
  }
  for (size_t d = 0; d < rank; ++d) {
    if (kernel[d] < 1 || geometry.stride[d] < 1 || geometry.dilation[d] < 1) {
      user_error("{}: got the kernel {}, the stride {} and the dilation {}, expected at least 1.", op,
                 kernel[d], geometry.stride[d], geometry.dilation[d]);
    }
    const int64_t reach = geometry.dilation[d] * (kernel[d] - 1) + 1;
    const int64_t padded = input[d] + geometry.pad_low[d] + pad_high[d];
    if (padded < reach) {
      user_error("{}: got a window of {} over {} positions with padding, expected room for one.", op, reach,
                 padded);
    }
    geometry.output.push_back((padded - reach) / geometry.stride[d] + 1);
  }
  return geometry;
}

void expect_windows(std::string_view op, const WindowGeometry& geometry, const Dims& shape) {
  // Far above any tensor, and products of two still fit.
  constexpr int64_t kMost = int64_t{1} << 31;
  if (shape.size() < 3 || shape.size() > 5) {
    user_error("{}: got the shape {}, expected [N, spatial..., C] in 1 to 3 dimensions.", op,
               to_string(shape));
  }
  const size_t rank = shape.size() - 2;
  for (const Dims* dims :
       {&geometry.output, &geometry.kernel, &geometry.stride, &geometry.dilation, &geometry.pad_low}) {
    const bool fits = dims->size() == rank && std::all_of(dims->begin(), dims->end(), [](int64_t value) {
                        return value > -kMost && value < kMost;
                      });
    if (!fits) user_error("{}: got the window sizes {}, expected {} of them.", op, to_string(*dims), rank);
  }
  for (size_t d = 0; d < rank; ++d) {
    if (geometry.kernel[d] < 1 || geometry.stride[d] < 1 || geometry.dilation[d] < 1 ||
        geometry.output[d] < 0) {
      user_error(
          "{}: got the kernel {}, the stride {}, the dilation {} and {} windows, expected at least 1 and 0.",
          op, geometry.kernel[d], geometry.stride[d], geometry.dilation[d], geometry.output[d]);
    }
  }
}

Dims spatial_of(const Dims& shape) { return {shape.begin() + 1, shape.end() - 1}; }

Dims with_spatial(int64_t outer, const Dims& spatial, int64_t channels) {
  Dims shape{outer};
  shape.insert(shape.end(), spatial.begin(), spatial.end());
  shape.push_back(channels);
  return shape;
}

void append_output_axes(std::vector<Axis>& axes, const WindowGeometry& geometry) {
  for (size_t d = 0; d < geometry.output.size(); ++d)
    axes.push_back({fmt::format("o{}", d), geometry.output[d]});
}

void append_kernel_axes(std::vector<Axis>& axes, const WindowGeometry& geometry) {
  for (size_t d = 0; d < geometry.kernel.size(); ++d) {
    axes.push_back({fmt::format("k{}", d), geometry.kernel[d], AxisKind::whole});
  }
}

OperandMap windowed_map(const WindowGeometry& geometry, int n, int first_o, int first_k, int c) {
  OperandMap map{along(n)};
  for (size_t d = 0; d < geometry.kernel.size(); ++d) {
    const int at = static_cast<int>(d);
    map.push_back(
        {{{first_o + at, geometry.stride[d]}, {first_k + at, geometry.dilation[d]}}, -geometry.pad_low[d]});
  }
  map.push_back(along(c));
  return map;
}

OperandMap window_output_map(const WindowGeometry& geometry, int n, int first_o, int c) {
  OperandMap map{along(n)};
  for (size_t d = 0; d < geometry.output.size(); ++d) map.push_back(along(first_o + static_cast<int>(d)));
  map.push_back(along(c));
  return map;
}

WindowGeometry local_geometry(const WindowGeometry& geometry, const Region& input, const Region& output) {
  WindowGeometry local = geometry;
  for (size_t d = 0; d < geometry.output.size(); ++d) {
    const Range& x = input.ranges[d + 1];
    const Range& y = output.ranges[d + 1];
    local.output[d] = y.size();
    local.pad_low[d] = geometry.pad_low[d] + x.begin - y.begin * geometry.stride[d];
  }
  return local;
}

}  // namespace weft
