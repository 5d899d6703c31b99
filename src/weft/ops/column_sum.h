#pragma once
#include "weft/graph/graph.h"
#include "weft/graph/schema.h"

namespace weft {

/// Sums x [..., K...] over its leading dimensions: the last `kept` dimensions remain. The result is of the
/// statistics dtype beside x's.
ValueId column_sum(GraphBuilder& build, ValueId x, int kept);

struct ColumnSum final : Schema<ColumnSum> {
  static constexpr std::string_view kName = "column_sum";
  static constexpr std::string_view kMeaning =
      "The sum of x [..., K...] over its leading dimensions: [K...].";
  int kept = 0;
  ColumnSum() = default;
  explicit ColumnSum(int k) : kept(k) {}

  template <class Visitor, class Self>
  static void visit(Visitor& v, Self& op) {
    v("kept", op.kept, "trailing dimensions that remain");
  }
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override;
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const override;
  std::vector<std::optional<ValueId>> gradient(const GradientContext& context) const override;
};

}  // namespace weft
