#include "weft/ops/window/pooling_map.h"

#include "weft/base/check.h"
#include "weft/ops/case_shapes.h"
#include "weft/ops/operand_types.h"

namespace weft {

PoolingMap pooling_map(const WindowGeometry& geometry, int64_t batch, int64_t channels) {
  const int c = static_cast<int>(geometry.kernel.size()) + 1;
  PoolingMap map;
  map.axes = {{"n", batch}};
  append_output_axes(map.axes, geometry);
  map.axes.push_back({"c", channels});
  append_kernel_axes(map.axes, geometry);
  map.x = windowed_map(geometry, 0, 1, c + 1, c);
  map.y = window_output_map(geometry, 0, 1, c);
  return map;
}

WindowGeometry pooling_geometry(std::string_view op, const TensorType& x, const Dims& kernel,
                                const WindowOptions& options) {
  if (x.shape.size() < 3 || x.shape.size() > 5) {
    user_error("{}: got {}, expected [N, spatial..., C] in 1 to 3 dimensions.", op, to_string(x));
  }
  for (const int64_t dilation : options.dilation) {
    if (dilation != 1) user_error("{}: got the dilation {}, expected none.", op, dilation);
  }
  return window_geometry(op, spatial_of(x.shape), kernel, options);
}

TensorType pooled_type(std::string_view op, const WindowGeometry& geometry,
                       std::span<const TensorType> inputs) {
  expect_inputs(op, inputs.size(), 1);
  expect_floating(op, inputs[0]);
  expect_windows(op, geometry, inputs[0].shape);
  return {inputs[0].dtype, with_spatial(inputs[0].shape[0], geometry.output, inputs[0].shape.back())};
}

PoolingCase pooling_case(CaseRandom& random) {
  PoolingCase made;
  Dims spatial;
  const int64_t rank = random.between(1, 3);
  for (int64_t d = 0; d < rank; ++d) {
    const int64_t kernel = random.between(1, 3);
    made.kernel.push_back(kernel);
    made.options.stride.push_back(random.between(1, 3));
    made.options.pad_low.push_back(random.between(0, kernel - 1));
    made.options.pad_high.push_back(random.between(0, kernel - 1));
    spatial.push_back(kernel + random.between(0, rank == 3 ? 3 : 6));
  }
  made.x = real(with_spatial(random.between(1, 3), spatial, random.between(1, 4)));
  return made;
}

}  // namespace weft
