#pragma once
#include "weft/graph/graph.h"
#include "weft/graph/schema.h"

namespace weft {

/// Sums of the elements of x up to each along one axis, itself included; with `reverse` from each on. Of the
/// shape and dtype of x; the sums go on in f64.
ValueId cum_sum(GraphBuilder& build, ValueId x, int axis, bool reverse = false);

/// Operand x; see cum_sum().
struct CumSum final : Schema<CumSum> {
  static constexpr std::string_view kName = "cum_sum";
  static constexpr std::string_view kMeaning =
      "Sums of the elements of x up to each along one axis, itself included.";
  int axis = 0;
  bool reverse = false;
  CumSum() = default;
  CumSum(int a, bool r) : axis(a), reverse(r) {}

  template <class Visitor, class Self>
  static void visit(Visitor& v, Self& op) {
    v("axis", op.axis, "dimension along which is summed");
    v("reverse", op.reverse, "whether each sum begins at the end");
  }
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override;
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const override;
  Traits traits() const override { return {.linear = true, .in_place = {{0, 0}}}; }
  std::vector<std::optional<ValueId>> gradient(const GradientContext& context) const override;
};

}  // namespace weft
