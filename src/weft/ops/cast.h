#pragma once
#include "weft/graph/graph.h"
#include "weft/graph/schema.h"

namespace weft {

/// x in another floating dtype, rounded to nearest even; x itself where it has that dtype.
ValueId cast(GraphBuilder& build, ValueId x, DType dtype);

struct Cast final : Schema<Cast> {
  static constexpr std::string_view kName = "cast";
  static constexpr std::string_view kMeaning = "x in another floating dtype, rounded to nearest even.";
  DType dtype = DType::f32;
  Cast() = default;
  explicit Cast(DType d) : dtype(d) {}

  template <class Visitor, class Self>
  static void visit(Visitor& v, Self& op) {
    v("dtype", op.dtype, "of the result");
  }
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override;
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const override;
  Traits traits() const override { return {.hoistable = true}; }
  std::vector<std::optional<ValueId>> gradient(const GradientContext& context) const override;
};

}  // namespace weft
