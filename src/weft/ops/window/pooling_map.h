#pragma once
// What the pools share: their index map, checks and test cases.
#include "weft/graph/op_registry.h"
#include "weft/ops/window/window.h"

namespace weft {

/// Axes n, o…, c, k…; x is [n, windowed…, c], y is [n, o…, c].
struct PoolingMap {
  std::vector<Axis> axes;
  OperandMap x, y;
};
PoolingMap pooling_map(const WindowGeometry& geometry, int64_t batch, int64_t channels);

/// Throws UserError for an x that is not [N, spatial..., C] in 1 to 3 dimensions, and for windows that do not
/// fit.
WindowGeometry pooling_geometry(std::string_view op, const TensorType& x, const Dims& kernel,
                                const WindowOptions& options);

/// The type of the result, for the one operand of a pool.
TensorType pooled_type(std::string_view op, const WindowGeometry& geometry,
                       std::span<const TensorType> inputs);

struct PoolingCase {
  TensorType x;
  Dims kernel;
  WindowOptions options;
};
PoolingCase pooling_case(CaseRandom& random);

}  // namespace weft
