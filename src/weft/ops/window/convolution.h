#pragma once
#include "weft/graph/graph.h"
#include "weft/graph/schema.h"
#include "weft/ops/window/window.h"

namespace weft {

/// Convolution in one to three spatial dimensions: x [N, spatial..., C] channels last, weight [F, C,
/// kernel...] of the statistics dtype beside x's; [N, windows..., F]. Windows are as WindowOptions say;
/// padding counts as zeros.
ValueId convolution(GraphBuilder& build, ValueId x, ValueId weight, const WindowOptions& options);

/// Operands x and weight; see convolution().
struct Convolution final : Schema<Convolution> {
  static constexpr std::string_view kName = "convolution";
  static constexpr std::string_view kMeaning =
      "Convolution in one to three spatial dimensions, channels last: x [N, spatial…, C] and weight [F, C, "
      "kernel…] give [N, windows…, F]. Padding counts as zeros.";
  WindowGeometry geometry;
  Convolution() = default;
  explicit Convolution(WindowGeometry g) : geometry(std::move(g)) {}

  template <class Visitor, class Self>
  static void visit(Visitor& v, Self& op) {
    WindowGeometry::visit(v, op.geometry);
  }
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override;
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const override;
  Traits traits() const override { return {.contraction = true, .flops_per_point = 2}; }
  OpPtr localize(const LocalRegions& regions) const override;
  std::vector<std::optional<ValueId>> gradient(const GradientContext& context) const override;
};

}  // namespace weft
