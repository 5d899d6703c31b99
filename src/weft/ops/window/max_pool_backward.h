#pragma once
#include "weft/graph/graph.h"
#include "weft/graph/schema.h"
#include "weft/ops/window/window.h"

namespace weft {

/// dx from dy and x: each window gives its gradient to the first of its largest elements. Elements of x in no
/// window get zero.
ValueId max_pool_backward(GraphBuilder& build, ValueId dy, ValueId x, const WindowGeometry& geometry);

/// dx from (dy, x). A part of dx needs every window that touches it, and a window needs all of its x to know
/// its largest element. So x reaches further than dx (or less far, where no window touches dx): both boxes
/// are kept, in global coordinates.
struct MaxPoolBackward final : Schema<MaxPoolBackward> {
  static constexpr std::string_view kName = "max_pool_backward";
  static constexpr std::string_view kMeaning =
      "The gradient of max_pool: dx from dy [N, windows…, C] and x [N, spatial…, C]. Each window gives its "
      "gradient to the first of its largest elements.";
  WindowGeometry geometry;
  Region x_region;
  Region dx_region;
  MaxPoolBackward() = default;
  MaxPoolBackward(WindowGeometry g, Region x, Region dx)
      : geometry(std::move(g)), x_region(std::move(x)), dx_region(std::move(dx)) {}

  template <class Visitor, class Self>
  static void visit(Visitor& v, Self& op) {
    v("x", op.x_region, "the box of the whole x that the operand x holds");
    v("dx", op.dx_region, "the box of it that the result holds");
    WindowGeometry::visit(v, op.geometry);
  }
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override;
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const override;
  OpPtr localize(const LocalRegions& regions) const override;
};

}  // namespace weft
