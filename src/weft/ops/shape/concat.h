#pragma once
#include "weft/graph/graph.h"
#include "weft/graph/schema.h"

namespace weft {

/// The parts one behind the other along one axis. They are of one dtype, bits too, and of one shape but along
/// the axis. Of one part it is that part.
///
///   concat(build, std::array{past, now}, 1)      [B, T1 + T2, C] of [B, T1, C] and [B, T2, C]
ValueId concat(GraphBuilder& build, std::span<const ValueId> parts, int axis);

/// Operands: one or more parts; see concat().
struct Concat final : Schema<Concat> {
  static constexpr std::string_view kName = "concat";
  static constexpr std::string_view kMeaning = "One or more operands, one behind the other along one axis.";
  int axis = 0;
  Concat() = default;
  explicit Concat(int along) : axis(along) {}

  template <class Visitor, class Self>
  static void visit(Visitor& v, Self& op) {
    v("axis", op.axis, "dimension along which they follow each other");
  }
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override;
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const override;
  Traits traits() const override { return {.linear = true, .flops_per_point = 0}; }
  std::vector<std::optional<ValueId>> gradient(const GradientContext& context) const override;
  /// The box of the result where each operand lies.
  std::vector<Region> boxes(std::span<const TensorType> inputs) const;
};

}  // namespace weft
