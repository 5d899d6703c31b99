#pragma once
#include "weft/graph/graph.h"
#include "weft/graph/schema.h"

namespace weft {

/// x with zeros around it: low[d] before and high[d] behind it along dimension d. Of any dtype, bits too. x
/// itself where there are none. What a slice brings its gradient back by.
ValueId pad(GraphBuilder& build, ValueId x, const Dims& low, const Dims& high);

/// Operand x; see pad().
struct Pad final : Schema<Pad> {
  static constexpr std::string_view kName = "pad";
  static constexpr std::string_view kMeaning = "x with zeros around it.";
  Dims low;
  Dims high;
  Pad() = default;
  Pad(Dims before, Dims behind) : low(std::move(before)), high(std::move(behind)) {}

  template <class Visitor, class Self>
  static void visit(Visitor& v, Self& op) {
    v("low", op.low, "number of zeros before x, by dimension");
    v("high", op.high, "number of zeros behind x, by dimension");
  }
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override;
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const override;
  Traits traits() const override { return {.linear = true, .flops_per_point = 0}; }
  std::vector<std::optional<ValueId>> gradient(const GradientContext& context) const override;
  OpPtr localize(const LocalRegions& regions) const override;
  /// The box of the result where x of this shape lies.
  Region inner(const Dims& shape) const;
};

}  // namespace weft
