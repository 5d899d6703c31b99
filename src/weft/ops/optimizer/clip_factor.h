#pragma once
#include "weft/graph/graph.h"
#include "weft/graph/schema.h"

namespace weft {

/// What gradients of the squared norm `sum_squares` (a scalar) must be multiplied by to have a norm of at
/// most `max_norm`: min(1, max_norm / (norm + 1e-6)); 1 where max_norm <= 0; NaN where the norm is not
/// finite, which makes optimizers skip the step.
ValueId clip_factor(GraphBuilder& build, ValueId sum_squares, double max_norm);

struct ClipFactor final : Schema<ClipFactor> {
  static constexpr std::string_view kName = "clip_factor";
  static constexpr std::string_view kMeaning =
      "The factor that gives gradients a norm of at most max_norm, from their squared norm, a scalar; NaN "
      "where the norm is not finite.";
  double max_norm = 0;
  ClipFactor() = default;
  explicit ClipFactor(double n) : max_norm(n) {}

  template <class Visitor, class Self>
  static void visit(Visitor& v, Self& op) {
    v("max_norm", op.max_norm, "the largest norm; any where it is 0 or less");
  }
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override;
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const override;
  Traits traits() const override { return {.in_place = {{0, 0}}}; }
};

}  // namespace weft
