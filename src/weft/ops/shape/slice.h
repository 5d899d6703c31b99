#pragma once
#include "weft/graph/graph.h"
#include "weft/graph/schema.h"

namespace weft {

/// The box of x: its elements whose position along each dimension lies within that dimension's range. Of any
/// dtype, bits too. x itself where the box is all of it.
///
///   slice(build, x, {{{0, 2}, {3, 7}}})    x[0:2, 3:7]
///   slice(build, x, 1, 3, 7)               x[:, 3:7]
ValueId slice(GraphBuilder& build, ValueId x, const Region& box);
/// All of x but along one axis, where it is [begin, end).
ValueId slice(GraphBuilder& build, ValueId x, int axis, int64_t begin, int64_t end);

/// Operand x; see slice().
struct Slice final : Schema<Slice> {
  static constexpr std::string_view kName = "slice";
  static constexpr std::string_view kMeaning = "A box of x.";
  Region box;
  Slice() = default;
  explicit Slice(Region taken) : box(std::move(taken)) {}

  template <class Visitor, class Self>
  static void visit(Visitor& v, Self& op) {
    v("box", op.box, "the range that is taken, by dimension of x");
  }
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override;
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const override;
  Traits traits() const override { return {.linear = true, .flops_per_point = 0}; }
  std::vector<std::optional<ValueId>> gradient(const GradientContext& context) const override;
  OpPtr localize(const LocalRegions& regions) const override;
};

}  // namespace weft
