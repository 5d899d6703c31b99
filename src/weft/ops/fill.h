#pragma once
#include <utility>

#include "weft/graph/graph.h"
#include "weft/graph/schema.h"

namespace weft {

/// A tensor of `type` whose every element is `value`.
ValueId fill(GraphBuilder& build, const TensorType& type, double value);

struct Fill final : Schema<Fill> {
  static constexpr std::string_view kName = "fill";
  static constexpr std::string_view kMeaning = "A tensor whose every element is one value, of no operands.";
  TensorType type;
  double value = 0;
  Fill() = default;
  Fill(TensorType t, double x) : type(std::move(t)), value(x) {}

  template <class Visitor, class Self>
  static void visit(Visitor& v, Self& op) {
    v("type", op.type, "of the result");
    v("value", op.value, "of every element");
  }
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override;
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const override;
  OpPtr localize(const LocalRegions& regions) const override;
};

}  // namespace weft
