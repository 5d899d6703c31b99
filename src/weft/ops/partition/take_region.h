#pragma once
#include "weft/graph/schema.h"

namespace weft {

/// The box `inner` of a value that holds the box `outer` of a tensor. The partitioner makes it: it cannot be
/// divided.
struct TakeRegion final : Schema<TakeRegion> {
  static constexpr std::string_view kName = "take_region";
  static constexpr std::string_view kMeaning =
      "A box of a tensor out of an operand that holds a larger one: what a rank needs of what it has.";
  Region outer;
  Region inner;
  TakeRegion() = default;
  TakeRegion(Region from, Region taken) : outer(std::move(from)), inner(std::move(taken)) {}

  template <class Visitor, class Self>
  static void visit(Visitor& v, Self& op) {
    v("outer", op.outer, "the box of the tensor that the operand holds");
    v("inner", op.inner, "the box that is taken, within it");
  }
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override;
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const override;
  Traits traits() const override { return {.view = inner == outer, .flops_per_point = 0}; }
};

}  // namespace weft
