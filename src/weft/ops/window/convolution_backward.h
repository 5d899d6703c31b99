#pragma once
#include "weft/graph/graph.h"
#include "weft/graph/schema.h"
#include "weft/ops/window/window.h"

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

/// dx from (dy, weight).
struct ConvolutionBackwardInput final : Schema<ConvolutionBackwardInput> {
  static constexpr std::string_view kName = "convolution_backward_input";
  static constexpr std::string_view kMeaning =
      "The gradient of convolution's x from dy [N, windows…, F] and weight [F, C, kernel…].";
  WindowGeometry geometry;
  Dims x;
  ConvolutionBackwardInput() = default;
  ConvolutionBackwardInput(WindowGeometry g, Dims shape) : geometry(std::move(g)), x(std::move(shape)) {}

  template <class Visitor, class Self>
  static void visit(Visitor& v, Self& op) {
    v("x", op.x, "shape of x");
    WindowGeometry::visit(v, op.geometry);
  }
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override;
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const override;
  Traits traits() const override { return {.contraction = true, .flops_per_point = 2}; }
  OpPtr localize(const LocalRegions& regions) const override;
};

/// dweight from (x, dy).
struct ConvolutionBackwardWeight final : Schema<ConvolutionBackwardWeight> {
  static constexpr std::string_view kName = "convolution_backward_weight";
  static constexpr std::string_view kMeaning =
      "The gradient of convolution's weight, [F, C, kernel…], from x [N, spatial…, C] and dy [N, windows…, "
      "F].";
  WindowGeometry geometry;
  ConvolutionBackwardWeight() = default;
  explicit ConvolutionBackwardWeight(WindowGeometry g) : geometry(std::move(g)) {}

  template <class Visitor, class Self>
  static void visit(Visitor& v, Self& op) {
    WindowGeometry::visit(v, op.geometry);
  }
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override;
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const override;
  Traits traits() const override { return {.contraction = true, .flops_per_point = 2}; }
  OpPtr localize(const LocalRegions& regions) const override;
};

}  // namespace weft
