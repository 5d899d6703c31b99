#pragma once
#include "weft/graph/graph.h"
#include "weft/graph/schema.h"
#include "weft/ops/window/window.h"

namespace weft {

/// The mean of each window of x [N, spatial..., C]: [N, windows..., C]. Padding counts as zeros, so that
/// every window divides by the same number. `kernel` has one size a spatial dimension; dilation must be
/// absent.
ValueId average_pool(GraphBuilder& build, ValueId x, const Dims& kernel, const WindowOptions& options);

/// Operand x; see average_pool().
struct AveragePool final : Schema<AveragePool> {
  static constexpr std::string_view kName = "average_pool";
  static constexpr std::string_view kMeaning =
      "The mean of each window of x [N, spatial…, C]: [N, windows…, C]. Padding counts as zeros.";
  WindowGeometry geometry;
  AveragePool() = default;
  explicit AveragePool(WindowGeometry g) : geometry(std::move(g)) {}

  template <class Visitor, class Self>
  static void visit(Visitor& v, Self& op) {
    WindowGeometry::visit(v, op.geometry);
  }
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override;
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const override;
  OpPtr localize(const LocalRegions& regions) const override;
  std::vector<std::optional<ValueId>> gradient(const GradientContext& context) const override;
};

/// dx from dy. A part of dx takes what its windows give it, and needs no x.
struct AveragePoolBackward final : Schema<AveragePoolBackward> {
  static constexpr std::string_view kName = "average_pool_backward";
  static constexpr std::string_view kMeaning =
      "The gradient of average_pool: dx [N, spatial…, C] from dy [N, windows…, C].";
  WindowGeometry geometry;
  Dims x;
  AveragePoolBackward() = default;
  AveragePoolBackward(WindowGeometry g, Dims shape) : geometry(std::move(g)), x(std::move(shape)) {}

  template <class Visitor, class Self>
  static void visit(Visitor& v, Self& op) {
    v("x", op.x, "shape of x");
    WindowGeometry::visit(v, op.geometry);
  }
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override;
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const override;
  OpPtr localize(const LocalRegions& regions) const override;
};

}  // namespace weft
