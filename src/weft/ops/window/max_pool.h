#pragma once
#include "weft/graph/graph.h"
#include "weft/graph/schema.h"
#include "weft/ops/window/window.h"

namespace weft {

/// The largest element of each window of x [N, spatial..., C]: [N, windows..., C]. Padding never wins. The
/// gradient goes to the first of the largest. `kernel` has one size a spatial dimension; dilation must be
/// absent.
ValueId max_pool(GraphBuilder& build, ValueId x, const Dims& kernel, const WindowOptions& options);

/// Operand x; see max_pool().
struct MaxPool final : Schema<MaxPool> {
  static constexpr std::string_view kName = "max_pool";
  static constexpr std::string_view kMeaning =
      "The largest element of each window of x [N, spatial…, C]: [N, windows…, C]. Padding never wins.";
  WindowGeometry geometry;
  MaxPool() = default;
  explicit MaxPool(WindowGeometry g) : geometry(std::move(g)) {}

  template <class Visitor, class Self>
  static void visit(Visitor& v, Self& op) {
    WindowGeometry::visit(v, op.geometry);
  }
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override;
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const override;
  OpPtr localize(const LocalRegions& regions) const override;
  std::vector<std::optional<ValueId>> gradient(const GradientContext& context) const override;
};

}  // namespace weft
